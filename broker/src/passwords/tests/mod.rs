mod checking;
mod documents;
mod hostile;
