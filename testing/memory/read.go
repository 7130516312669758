package memory

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// entry is a secret that exists: its versions, the current one last.
type entry struct {
	versions []secretmux.Secret
	disabled bool
}

// version returns the newest version with this id, because Put may repeat an id.
func (e *entry) version(id string) (secretmux.Secret, bool) {
	current := len(e.versions) - 1
	switch id {
	case "", secretmux.VersionCurrent:
		return e.versions[current], true
	case secretmux.VersionPrevious:
		if current == 0 {
			return secretmux.Secret{}, false
		}
		return e.versions[current-1], true
	}
	for i := current; i >= 0; i-- {
		if e.versions[i].Version() == id {
			return e.versions[i], true
		}
	}
	return secretmux.Secret{}, false
}

func (m *Provider) readLocked(op, name, version string) (secretmux.Secret, error) {
	m.reads[name]++
	e, ok := m.secrets[name]
	switch {
	case !ok:
		return secretmux.Secret{}, failure(op, name, secretmux.ErrNotFound, "", "call Set in the test")
	case e.disabled:
		return secretmux.Secret{}, failure(op, name, secretmux.ErrDisabled, "", "call Enable in the test")
	}
	secret, ok := e.version(version)
	if !ok {
		return secretmux.Secret{}, failure(op, name, secretmux.ErrNotFound, "the secret does not have this version", "use an id that Set returned")
	}
	return secret, nil
}

// admit makes the checks that every read makes before it counts as a call.
func admit(ctx context.Context, op, name string) error {
	if err := secretmux.ValidateName(name); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return ended(op, name, err)
	}
	return nil
}

func failure(op, name string, class error, problem, hint string) error {
	e := &secretmux.Error{Op: op, Name: name, Source: "memory:", Class: class, Hint: hint}
	if problem != "" {
		e.Err = errors.New(problem)
	}
	return e
}

func ended(op, name string, err error) error {
	return &secretmux.Error{Op: op, Name: name, Source: "memory:", Err: err}
}
