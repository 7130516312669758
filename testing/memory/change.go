package memory

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/secretmux/secretmux"
)

// Set creates a secret or gives it a new version, and returns the version's id: "1",
// "2" and so on. The numbers continue after a secret was deleted, so that an id never
// means two values. A disabled secret becomes enabled. value may hold any bytes and
// may be empty. Set panics with an ErrInvalid if [secretmux.ValidateName] refuses the
// name, because that is a mistake in the test.
func (m *Provider) Set(name, value string) (version string) {
	return m.Put(name, []byte(value), secretmux.Meta{})
}

// Put is Set with a description, for tests of expiry and of a provider's advice on
// TTL. An empty meta.Version means the next number. A version that was used before
// becomes the current one again, like on a replica that lags behind. A zero
// meta.Created means now. An empty meta.Source means "memory:". Put copies value.
func (m *Provider) Put(name string, value []byte, meta secretmux.Meta) (version string) {
	if err := secretmux.ValidateName(name); err != nil {
		panic(err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.putLocked(name, value, meta)
}

func (m *Provider) putLocked(name string, value []byte, meta secretmux.Meta) string {
	m.last[name]++
	if meta.Version == "" {
		meta.Version = strconv.Itoa(m.last[name])
	}
	if meta.Created.IsZero() {
		meta.Created = time.Now()
	}
	if meta.Source == "" {
		meta.Source = m.String()
	}
	e, ok := m.secrets[name]
	if !ok {
		e = &entry{}
		m.secrets[name] = e
	}
	e.versions = append(e.versions, secretmux.NewSecret(value, meta))
	e.disabled = false
	return meta.Version
}

// Rotate gives an existing secret a new version with a made-up value, different each
// time, and returns that value. It panics if the secret is absent.
func (m *Provider) Rotate(name string) (value string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mustHaveLocked("rotate", name)
	value = fmt.Sprintf("rotated-%s-%d", name, m.last[name]+1)
	m.putLocked(name, []byte(value), secretmux.Meta{})
	return value
}

// Disable makes an existing secret fail with ErrDisabled, in all versions, until it
// is set or enabled. It panics if the secret is absent.
func (m *Provider) Disable(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mustHaveLocked("disable", name).disabled = true
}

// Enable undoes Disable. It panics if the secret is absent.
func (m *Provider) Enable(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.mustHaveLocked("enable", name).disabled = false
}

// Delete makes a secret absent, with all its versions. Deleting an absent secret has
// no effect.
func (m *Provider) Delete(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.secrets, name)
}

func (m *Provider) mustHaveLocked(op, name string) *entry {
	e, ok := m.secrets[name]
	if !ok {
		panic(&secretmux.Error{
			Op: op, Source: m.String(), Class: secretmux.ErrInvalid,
			Err: errors.New("the secret is absent"), Hint: "Set it first",
		})
	}
	return e
}
