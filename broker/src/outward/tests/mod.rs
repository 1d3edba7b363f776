mod asking;
mod authority;
mod sending;
mod server;
