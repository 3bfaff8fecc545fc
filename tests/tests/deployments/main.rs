//! Tests of deployments: settings of servers, roles with few rights, and restored backups.

mod login;
mod migrations;
mod restore;
mod roles;
