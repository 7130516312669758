package age

import (
	"time"

	"filippo.io/age"
)

// Decode opens the data of a file.
func Decode(o Options, data []byte, identities []age.Identity) (map[string]string, error) {
	c, err := o.decode(data, identities)
	return c.values, err
}

// OnStep has f told before each step of a write; its error is the step's.
func (e *Editor) OnStep(f func(what string) error) { e.step = f }

// SetNow sets the clock.
func (e *Editor) SetNow(now func() time.Time) { e.now = now }
