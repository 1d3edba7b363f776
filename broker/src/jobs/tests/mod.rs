mod audit;
mod changes;
mod delivery;
mod events;
mod faults;
mod lanes;
mod rotation;
mod scheduled;
