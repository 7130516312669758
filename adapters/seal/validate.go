package seal

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Validate returns a function for secretmux.Options.Validate that refuses, for the
// secret that ref names, a keyset that can't be used. It also refuses a keyset without
// a key that was enabled before, because values that this key sealed could not be
// opened any more. A disabled key that is still in the keyset passes, because an
// operator disables a key when no value needs it. Other secrets pass. If the store no
// longer has the old keyset, only the new one is checked. A ref that does not parse is
// ErrInvalid at every rotation.
func Validate(ref string) func(context.Context, secretmux.Rotation) error {
	parsed, err := secretmux.ParseRef(ref)
	if err != nil {
		return func(context.Context, secretmux.Rotation) error { return err }
	}
	field := parsed.Field
	parsed.Field = ""
	document := parsed.String()
	return func(_ context.Context, r secretmux.Rotation) error {
		if r.Ref != document {
			return nil
		}
		return compare(r.Old, r.New, field)
	}
}

func compare(old, changed secretmux.Secret, field string) error {
	present, err := keysIn(changed, field)
	if err != nil || old.IsZero() {
		return err
	}
	before, err := keysIn(old, field)
	if err != nil {
		return nil //nolint:nilerr // a keyset that can't be used has no key to lose
	}
	for id := range before.enabled {
		if !present.all[id] {
			return invalid("the keyset lacks a key that was enabled", "add keys with Add, and disable one only when no value needs it")
		}
	}
	return nil
}

func keysIn(s secretmux.Secret, field string) (*keys, error) {
	if field != "" {
		var err error
		if s, err = s.Field(field); err != nil {
			return nil, err
		}
	}
	return parse(s)
}
