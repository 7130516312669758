package age

import (
	"time"

	"filippo.io/age"
)

// Decode decrypts the data of a file.
func Decode(o Options, data []byte, identities []age.Identity) (map[string]string, error) {
	c, err := o.decode(data, identities)
	return c.values, err
}

// OnStep sets a function that is called before each step of a write. The step fails
// with its error.
func (e *Editor) OnStep(f func(what string) error) { e.step = f }

// SetNow sets the clock.
func (e *Editor) SetNow(now func() time.Time) { e.now = now }
