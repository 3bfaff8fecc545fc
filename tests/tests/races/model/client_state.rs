//! The model of client state: reads, writes and the typed fields of the state cookie.

use session::ErrorKind;

use super::operations::{number, out};
use super::request::StepContext;
use super::script::{Call, Key, UpdateFn, Val};
use super::state::{Map, Output, Stop};

impl StepContext<'_> {
    pub(super) fn client(&mut self, call: Call) -> Result<Output, Stop> {
        if self.request.job {
            return match call {
                Call::ClientInsert(..) => Self::fail(ErrorKind::NoBrowser),
                _ => Ok(Output::Done),
            };
        }
        self.request.client_used = true;
        let values = if self.request.invalidated { Map::new() } else { self.request.client_values() };
        match call {
            Call::ClientGet(key) => Ok(out(number(values.get(key).copied())?)),
            Call::ClientRemove(key) => {
                let value = number(values.get(key).copied())?;
                // Removing an absent value may count as a write or not.
                if value.is_some() || self.choose() {
                    self.edit_client(key, None);
                }
                Ok(out(value))
            }
            Call::ClientInsert(key, value) => {
                self.edit_client(key, Some(value));
                Ok(Output::Done)
            }
            Call::ClientClear => {
                if !self.request.invalidated {
                    self.request.client_edits.clear_all();
                }
                Ok(Output::Done)
            }
            _ => Ok(Output::Map(values)),
        }
    }

    fn edit_client(&mut self, key: Key, value: Option<Val>) {
        self.request.client_used = true;
        if !self.request.invalidated {
            self.request.client_edits.edit(key, value);
        }
    }

    pub(super) fn client_field(&mut self, key: Key, default: Option<u8>, call: Call) -> Result<Output, Stop> {
        match call {
            Call::Set(_, value) => self.client(Call::ClientInsert(key, Val::N(value))),
            Call::Take(_) => self.client(Call::ClientRemove(key)),
            Call::Drop(_) => {
                self.edit_client(key, None);
                Ok(Output::Done)
            }
            Call::Change(_, f) => {
                let Output::Value(value) = self.client(Call::ClientGet(key))? else { unreachable!("a read") };
                let value = number(value)?;
                let saw = value.or(default);
                if let Ok(made) = f.of(saw) {
                    self.edit_client(key, made.or(default).map(Val::N));
                }
                Ok(Output::Saw(saw, f != UpdateFn::Fail))
            }
            _ => match self.client(Call::ClientGet(key))? {
                Output::Value(None) => Ok(out(default)),
                value => Ok(value),
            },
        }
    }
}
