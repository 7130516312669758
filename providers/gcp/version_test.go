package gcp_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

const (
	enabled   = secretmanagerpb.SecretVersion_ENABLED
	disabled  = secretmanagerpb.SecretVersion_DISABLED
	destroyed = secretmanagerpb.SecretVersion_DESTROYED
)

func TestGetVersion(t *testing.T) {
	f, p := start(t, gcp.Options{})
	for _, v := range []string{"one", "two", "three", "four"} {
		f.set("db", []byte(v))
	}
	f.turn("db", 2, destroyed)
	f.turn("db", 4, disabled)
	f.change("db", func(s *fakeSecret) { s.aliases["stable"], s.aliases["gone"] = 1, 2 })
	tests := []struct {
		version, value string
		number         string
		class          error
		calls          int64
	}{
		{"1", "one", "1", nil, 1},
		{"3", "three", "3", nil, 1},
		{"stable", "one", "1", nil, 1},
		{"latest-enabled", "three", "3", nil, 2},
		{"latest", "", "", secretmux.ErrDisabled, 1},
		{"current", "", "", secretmux.ErrDisabled, 1},
		{"previous", "", "", secretmux.ErrDisabled, 1},
		{"2", "", "", secretmux.ErrDisabled, 1},
		{"gone", "", "", secretmux.ErrDisabled, 1},
		{"5", "", "", secretmux.ErrNotFound, 1},
		{"unknown", "", "", secretmux.ErrNotFound, 1},
		{"0", "", "", errInvalid, 0},
		{"-1", "", "", errInvalid, 0},
		{"1.0", "", "", errInvalid, 0},
		{"01", "", "", errInvalid, 0},
		{"1e3", "", "", errInvalid, 0},
		{"../1", "", "", errInvalid, 0},
		{strings.Repeat("9", 30), "", "", errInvalid, 0},
		{strings.Repeat("a", 64), "", "", errInvalid, 0},
	}
	for _, tt := range tests {
		before := f.calls.Load()
		s, err := p.GetVersion(t.Context(), "db", tt.version)
		if tt.class != nil {
			wantClass(t, "version "+tt.version, s, err, tt.class)
		} else if err != nil || s.Reveal() != tt.value || s.Version() != tt.number {
			t.Errorf("version %s: %q, version %q, %v; want %q of version %s", tt.version, s.Reveal(), s.Version(), err, tt.value, tt.number)
		}
		if calls := f.calls.Load() - before; calls != tt.calls {
			t.Errorf("version %s took %d calls, want %d", tt.version, calls, tt.calls)
		}
	}
}

// Previous is the version before the current one or an error, never an older one.
func TestPrevious(t *testing.T) {
	f, p := start(t, gcp.Options{})
	for _, v := range []string{"one", "two", "three"} {
		f.set("db", []byte(v))
	}
	for state, class := range map[secretmanagerpb.SecretVersion_State]error{disabled: secretmux.ErrDisabled, destroyed: secretmux.ErrDisabled} {
		f.turn("db", 2, state)
		s, err := p.GetVersion(t.Context(), "db", secretmux.VersionPrevious)
		wantClass(t, "previous that is "+state.String(), s, err, class)
	}
	f.turn("db", 2, enabled)
	s, err := p.GetVersion(t.Context(), "db", secretmux.VersionPrevious)
	if err != nil || s.Reveal() != "two" || s.Version() != "2" {
		t.Errorf("previous = %q of version %q, %v", s.Reveal(), s.Version(), err)
	}
}

// With an alias, current is the alias and previous the number before it.
func TestAlias(t *testing.T) {
	f, p := start(t, gcp.Options{Alias: "stable"})
	for _, v := range []string{"one", "two", "three"} {
		f.set("db", []byte(v))
	}
	s, err := p.Get(t.Context(), "db")
	wantClass(t, "Get where there is no such alias", s, err, secretmux.ErrNotFound)
	f.change("db", func(s *fakeSecret) { s.aliases["stable"] = 2 })
	if s = wantValue(t, p, "db", "two"); s.Version() != "2" {
		t.Errorf("the version is %q, want 2", s.Version())
	}
	if s, err = p.GetVersion(t.Context(), "db", secretmux.VersionPrevious); err != nil || s.Reveal() != "one" {
		t.Errorf("previous = %q, %v", s.Reveal(), err)
	}
	if s, err = p.GetVersion(t.Context(), "db", "latest"); err != nil || s.Reveal() != "three" {
		t.Errorf("latest = %q, %v", s.Reveal(), err)
	}
}

func TestLatestEnabled(t *testing.T) {
	f, p := start(t, gcp.Options{Alias: "latest-enabled"})
	for range 12 { // so that numbers differ in length
		f.set("db", []byte("x"))
	}
	f.turn("db", 12, destroyed)
	f.turn("db", 11, disabled)
	if s := wantValue(t, p, "db", "x"); s.Version() != "10" {
		t.Errorf("the version is %q, want 10", s.Version())
	}
	for n := range 12 {
		f.turn("db", n+1, disabled)
	}
	s, err := p.Get(t.Context(), "db")
	wantClass(t, "Get where none is enabled", s, err, secretmux.ErrDisabled)
	s, err = p.Get(t.Context(), "absent")
	wantClass(t, "Get of an absent secret", s, err, secretmux.ErrNotFound)
	f.refuseMethod("ListSecretVersions", status.Error(codes.PermissionDenied, "no"))
	s, err = p.Get(t.Context(), "db")
	wantClass(t, "Get without the permission", s, err, secretmux.ErrDenied)
	if !strings.Contains(err.Error(), "secretmanager.versions.list") {
		t.Errorf("the error does not name the permission: %v", err)
	}
}

func TestMetadata(t *testing.T) {
	f, p := start(t, gcp.Options{Metadata: true})
	f.set("db", []byte("x"))
	if s := wantValue(t, p, "db", "x"); s.Created().IsZero() || f.calls.Load() != 2 {
		t.Errorf("Created is %v after %d calls", s.Created(), f.calls.Load())
	}
	f.refuseMethod("GetSecretVersion", status.Error(codes.PermissionDenied, "no"))
	s, err := p.Get(t.Context(), "db")
	wantClass(t, "Get without the permission", s, err, secretmux.ErrDenied)
	if !strings.Contains(err.Error(), "secretmanager.versions.get") {
		t.Errorf("the error does not name the permission: %v", err)
	}
}

// An answer is compared with the secret and version that were asked for.
func TestOtherAnswers(t *testing.T) {
	good := "projects/" + number + "/secrets/db/versions/1"
	tests := []struct {
		name   string
		answer *secretmanagerpb.AccessSecretVersionResponse
		want   error
	}{
		{"good", payload(good, []byte("x")), nil},
		{"regional", payload("projects/1/locations/l/secrets/db/versions/1", []byte("x")), nil},
		{"no checksum", &secretmanagerpb.AccessSecretVersionResponse{Name: good, Payload: &secretmanagerpb.SecretPayload{Data: []byte("x")}}, errCorrupt},
		{"no payload", &secretmanagerpb.AccessSecretVersionResponse{Name: good}, errCorrupt},
		{"no name", payload("", []byte("x")), errCorrupt},
		{"other secret", payload("projects/1/secrets/db2/versions/1", []byte("x")), errCorrupt},
		{"other version", payload("projects/1/secrets/db/versions/2", []byte("x")), errCorrupt},
		{"no number", payload("projects/1/secrets/db/versions/latest", []byte("x")), errCorrupt},
		{"1 MiB", payload(good, make([]byte, 1<<20)), nil},
		{"1 MiB and a byte", payload(good, make([]byte, 1<<20+1)), secretmux.ErrTooLarge},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, p := start(t, gcp.Options{})
			f.set("db", []byte("x"))
			f.answerWith("db", func(context.Context, []byte) (*secretmanagerpb.AccessSecretVersionResponse, error) {
				return tt.answer, nil
			})
			s, err := p.GetVersion(t.Context(), "db", "1")
			if tt.want == nil {
				if err != nil || s.Version() != "1" {
					t.Errorf("GetVersion = version %q, %v", s.Version(), err)
				}
				return
			}
			wantClass(t, "GetVersion", s, err, tt.want)
		})
	}
}

// Through a store, ?version= and #field work together.
func TestVersionInReference(t *testing.T) {
	f := newFake()
	f.set("db", []byte(`{"password":"old"}`))
	f.set("db", []byte(`{"password":"new"}`))
	address, _ := serve(t, f)
	store, err := secretmux.Open(t.Context(), "gcp-sm://my-project?endpoint="+address, gcp.Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	wantValue(t, store, "db#password", "new")
	wantValue(t, store, "db?version=previous#password", "old")
	wantValue(t, store, "db?version=1#password", "old")
	if _, err := store.Get(t.Context(), "db?version=3"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("version 3: %v, want %v", err, secretmux.ErrNotFound)
	}
}
