package dbsql

import (
	"database/sql/driver"
	"io"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// source is the driver's connector of one value of the secret.
type source struct {
	connector driver.Connector
	secret    secretmux.Secret
	users     atomic.Int64 // its connections and dials, and one more while it is current
	conns     atomic.Int64
}

// acquire returns the current source with one more user. After Close it returns nil.
func (c *Connector) acquire() *source {
	c.mu.Lock()
	defer c.mu.Unlock()
	from := c.current.Load()
	if from != nil {
		from.users.Add(1)
	}
	return from
}

// release ends one use. The last release closes the connector, if it can be closed. A
// connection may need its connector as long as it lives.
func (s *source) release() {
	if s.users.Add(-1) > 0 {
		return
	}
	if closer, ok := s.connector.(io.Closer); ok {
		_ = closer.Close() // no caller is left that could get the error
	}
}
