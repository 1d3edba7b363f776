mod audit;
mod changes;
mod delivery;
mod events;
mod lanes;
mod rotation;
mod scheduled;
