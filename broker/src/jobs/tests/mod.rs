mod audit;
mod changes;
mod delivery;
mod events;
mod rotation;
