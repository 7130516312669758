package gcp_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"cloud.google.com/go/secretmanager/apiv1/secretmanagerpb"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// The list has the secret's own times. Only the time of the version says how old the
// value is.
func TestDescribe(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("db", []byte("one"))
	f.set("db", []byte("two"))
	made, secretMade := time.Now().Add(-100*24*time.Hour), time.Now().Add(-time.Hour)
	next := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	f.change("db", func(s *fakeSecret) { s.versions[1].made, s.made, s.rotation = made, secretMade, next })
	for info, err := range p.List(t.Context(), "") {
		if err != nil || !info.Created.Equal(secretMade) || !info.NextRotation.Equal(next) || !info.VersionCreated.IsZero() || info.Enabled != nil {
			t.Errorf("listed %+v, %v", info, err)
		}
	}
	calls := f.calls.Load()
	info, err := p.Describe(t.Context(), "db")
	if err != nil || info.Version != "2" || !info.VersionCreated.Equal(made) || info.Enabled == nil || !*info.Enabled || f.calls.Load() != calls+1 {
		t.Errorf("%+v, %v after %d calls", info, err, f.calls.Load()-calls)
	}
	f.turn("db", 0, secretmanagerpb.SecretVersion_DISABLED)
	if info, err := p.Describe(t.Context(), "db"); err != nil || info.Enabled == nil || *info.Enabled {
		t.Errorf("disabled: %+v, %v", info, err)
	}
}

func TestDescribeDenied(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.set("db", []byte("x"))
	f.refuseMethod("GetSecretVersion", status.Error(codes.PermissionDenied, "no"))
	_, err := p.Describe(t.Context(), "db")
	wantClass(t, "Describe", secretmux.Secret{}, err, secretmux.ErrDenied)
	if !strings.Contains(err.Error(), "secretmanager.versions.get") {
		t.Errorf("the error does not name the permission: %v", err)
	}
}

// 1,000 secrets cost 2 pages of 500, and one call for the age of each secret.
func TestCallsOfAThousand(t *testing.T) {
	const all = 1000
	f, p := start(t, gcp.Options{})
	for i := range all {
		f.set(fmt.Sprintf("s%04d", i), []byte("x"))
	}
	var names []string
	for info, err := range p.List(t.Context(), "") {
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, info.Name)
	}
	lists := f.calls.Load()
	for _, name := range names {
		if info, err := p.Describe(t.Context(), name); err != nil || info.VersionCreated.IsZero() {
			t.Fatalf("%+v, %v", info, err)
		}
	}
	if described := f.calls.Load() - lists; len(names) != all || lists != all/500 || described != all {
		t.Errorf("%d secrets in %d lists and %d descriptions, want 2 and %d", len(names), lists, described, all)
	}
}
