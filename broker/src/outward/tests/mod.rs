mod asking;
mod authority;
mod bounding;
mod sending;
mod server;
