"""扶養調査・所得照会: relatives who must be looked at, and what other municipalities say of their income."""
