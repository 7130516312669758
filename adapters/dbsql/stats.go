package dbsql

import "sync/atomic"

// Stats counts what a [Connector] or a [Login] has done since it was made. It holds
// no value.
type Stats struct {
	// Dials is the number of logins that were tried. Refused is the number of logins
	// that the database refused. Retries is how often a login was tried again.
	Dials, Refused, Retries uint64
	// Refreshes is how often the store was asked for a newer value because of a refused
	// login. Most of these requests need no read of the backend.
	Refreshes uint64
	// Drained are the connections that were closed because their value was replaced
	// or their lease had ended. A Login does not count them.
	Drained uint64
	// Open is the number of open connections. Old is the number of those that were
	// opened with an earlier value. When Old is 0, this process no longer needs the old
	// value. A Login does not count them.
	Open, Old int64
}

type counters struct {
	dials, refused, retries, refreshes, drained atomic.Uint64
}

func (c *counters) stats() Stats {
	return Stats{
		Dials: c.dials.Load(), Refused: c.refused.Load(), Retries: c.retries.Load(),
		Refreshes: c.refreshes.Load(), Drained: c.drained.Load(),
	}
}
