package dbsql_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/dbsql"
	"github.com/secretmux/secretmux/testing/memory"
)

// The secret changes first. The new value is served when the database accepts it, so no
// login is refused and none waits.
func TestValidatorHoldsAValueBackThatDoesNotWorkYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db := newDatabase("app", "one")
		vault := memory.New(map[string]string{ref: "app:one", "other": "x"})
		store, err := secretmux.New(vault, secretmux.Options{TTL: time.Second, Validate: dbsql.Validator(ref, db.build)})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		c, err := dbsql.New(t.Context(), store, ref, db.build, dbsql.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = c.Close() }()
		connect := func() error {
			conn, err := c.Connect(t.Context())
			if err == nil {
				_ = conn.Close()
			}
			return err
		}
		vault.Set(ref, "app:two")
		time.Sleep(10 * time.Second)
		if err := connect(); err != nil {
			t.Errorf("while only the secret has changed: %v", err)
		}
		err = store.Check(t.Context())
		if !errors.Is(err, secretmux.ErrRefused) {
			t.Errorf("Check: %v, want ErrRefused", err)
		}
		wantNoCanary(t, err)
		db.set("app", "two")
		time.Sleep(2 * time.Minute)
		_, refused := db.counts()
		if err := connect(); err != nil {
			t.Errorf("after both have changed: %v", err)
		}
		if _, after := db.counts(); after != refused {
			t.Error("the connector's login was refused")
		}
		if db.open("one")+db.open("two") != 0 {
			t.Error("the validator left a connection open")
		}
	})
}

func TestValidator(t *testing.T) {
	db := newDatabase("app", canary)
	rotation := func(ref, value string) secretmux.Rotation {
		return secretmux.Rotation{Ref: ref, New: secretmux.NewSecret([]byte(value), secretmux.Meta{})}
	}
	panics := func(context.Context, secretmux.Secret) (driver.Connector, error) { panic(canary) }
	tests := map[string]struct {
		ref   string
		build dbsql.Build
		r     secretmux.Rotation
		want  error
	}{
		"works":                  {ref, db.build, rotation(ref, "app:"+canary), nil},
		"refused":                {ref, db.build, rotation(ref, "app:no"+canary), errAny},
		"another secret":         {ref, db.build, rotation("other", canary), nil},
		"a version":              {ref + "?version=previous", db.build, rotation(ref, canary), nil},
		"not a DSN":              {ref, db.build, rotation(ref, canary), secretmux.ErrInvalid},
		"a field":                {ref + "#dsn", db.build, rotation(ref, `{"dsn":"app:`+canary+`"}`), nil},
		"a field that is absent": {ref + "#dsn", db.build, rotation(ref, `{"x":"`+canary+`"}`), secretmux.ErrFieldNotFound},
		"panic":                  {ref, panics, rotation(ref, canary), secretmux.ErrInvalid},
		"nil build":              {ref, nil, rotation("other", canary), secretmux.ErrInvalid},
		"bad ref":                {"/" + canary, db.build, rotation("other", canary), secretmux.ErrInvalid},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			err := dbsql.Validator(tt.ref, tt.build)(t.Context(), tt.r)
			switch {
			case tt.want == errAny: //nolint:errorlint // a marker
				wantOurs(t, err)
			case tt.want == nil && err != nil, tt.want != nil && !errors.Is(err, tt.want):
				t.Errorf("got %v, want %v", err, tt.want)
			case err != nil:
				wantOurs(t, err)
			}
		})
	}
}

var errAny = errors.New("any")
