package dbsql

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Validator returns a function for [secretmux.Options.Validate] that opens and closes
// one connection with a new value of ref, so that a value that can't log in yet is not
// served. It is for a rotation that changes the secret before the database. It accepts
// the values of other secrets, so a program with several Validators can call them one
// after the other.
//
// Its errors come from [New] and [Connector.Connect]. If ref does not parse or build is
// nil, it refuses every value. It tries once. The store calls it again with back-off.
func Validator(ref string, build Build) func(context.Context, secretmux.Rotation) error {
	parsed, err := secretmux.ParseRef(ref)
	if err == nil && build == nil {
		err = secretmux.Invalid("validate", "build is nil", "pass a function that makes the driver's connector from the secret")
	}
	document := secretmux.Ref{Name: parsed.Name, Version: parsed.Version}.String()
	return func(ctx context.Context, r secretmux.Rotation) error {
		if err != nil || r.Ref != document {
			return err
		}
		value := r.New
		if parsed.Field != "" {
			var err error
			if value, err = r.New.Field(parsed.Field); err != nil {
				return err
			}
		}
		return tryOnce(ctx, ref, build, value)
	}
}

func tryOnce(ctx context.Context, ref string, build Build, s secretmux.Secret) error {
	v := &Connector{build: build}
	if err := callUse(ctx, ref, v.use, s); err != nil {
		return err
	}
	from := v.current.Load()
	defer from.release()
	conn, err := from.connector.Connect(ctx)
	if err == nil && conn == nil {
		err = errors.New("no connection and no error")
	}
	if err != nil {
		return connectError(ctx, ref, err)
	}
	_ = conn.Close() // the login worked
	return nil
}
