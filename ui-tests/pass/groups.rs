//! Groups in public and private schemas, with names that the generated code also uses, and without unused warnings.
#![deny(warnings)]

use session::{Error, ReadOnly, SessionSchema, Snapshot, Typed};

#[derive(SessionSchema)]
struct Visitor {
    #[session(group)]
    r#type: Login,
    #[session(nested)]
    shop: shop::Shop,
}

#[derive(SessionSchema)]
#[session(group)]
struct Login {
    view: u64,
    values: Vec<String>,
    value0: u8,
    r#impl: String,
    _group: bool,
    /// Shown in the profile.
    #[allow(unused)]
    this: f32,
}

mod shop {
    use session::SessionSchema;

    #[derive(SessionSchema)]
    #[session(prefix = "shop.", client)]
    pub struct Shop {
        #[session(group)]
        pub order: Order,
        #[session(default)]
        pub dark: bool,
    }

    #[derive(SessionSchema, Clone)]
    #[session(group, prefix = "order.")]
    pub struct Order {
        #[session(index)]
        pub number: u64,
    }
}

macro_rules! schemas {
    ($parent:ident, $group:ident, $field:ident, $type:ty) => {
        #[derive(SessionSchema)]
        #[session(prefix = "macro.")]
        struct $parent {
            #[session(group)]
            part: $group,
        }

        #[derive(SessionSchema)]
        #[session(group)]
        struct $group {
            $field: $type,
        }
    };
}

schemas!(Outer, Part, name, String);

async fn handler(mut visitor: Typed<Visitor>, outer: ReadOnly<Outer>) -> Result<(), Error> {
    let login =
        Login { view: 1, values: Vec::new(), value0: 2, r#impl: String::new(), _group: true, this: 0.5 };
    visitor.set_type(login)?;
    if let Some(login) = visitor.r#type().await? {
        println!("{} {:?} {} {}", login.view, login.values, login.value0, login.r#impl);
    }
    visitor.shop_mut().set_order(shop::Order { number: 7 })?;
    let order: Option<shop::Order> = visitor.shop_mut().remove_order().await?;
    let snapshot: Snapshot<shop::Shop> = visitor.typed::<shop::Shop>().snapshot().await?;
    if let (Some(removed), Some(order)) = (order, snapshot.order) {
        println!("{} {}", removed.number, order.number);
    }
    println!("{:?}", outer.part().await?.map(|part| part.name));
    visitor.unset_type()
}

fn is_send(visitor: Typed<Visitor>, outer: ReadOnly<Outer>) -> impl Send {
    handler(visitor, outer)
}

fn main() {
    let _ = is_send;
}
