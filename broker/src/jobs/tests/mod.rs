mod audit;
mod changes;
mod delivery;
mod rotation;
