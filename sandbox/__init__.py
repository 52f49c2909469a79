"""AWS in one process, on moto: what a laptop without an account deploys to and trains on."""
