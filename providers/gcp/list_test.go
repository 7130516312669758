package gcp_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

func TestListMapsNames(t *testing.T) {
	f, p := start(t, gcp.Options{Prefix: "app-", Separator: "--"})
	for _, id := range []string{"app-db--password", "app-db--user", "app-token", "app-a---b", "app--x", "app-", "other-db", "app"} {
		f.set(id, []byte(id))
	}
	expires := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	f.change("app-token", func(s *fakeSecret) { s.expires = expires })
	for prefix, want := range map[string][]string{
		"":     {"db/password", "db/user", "token"},
		"db/":  {"db/password", "db/user"},
		"db--": nil,
		"t":    {"token"},
	} {
		var got []string
		for info, err := range p.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, info.Name)
			if info.Name == "token" && !info.Expires.Equal(expires) {
				t.Errorf("token expires at %v, want %v", info.Expires, expires)
			}
			if _, err := p.Get(t.Context(), info.Name); err != nil {
				t.Errorf("Get(%q): %v", info.Name, err)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("List(%q) = %q, want %q", prefix, got, want)
		}
	}
}

func TestListPages(t *testing.T) {
	f, p := start(t, gcp.Options{})
	const all = 1001
	for n := range all {
		f.set(fmt.Sprintf("secret-%04d", n), nil)
	}
	seen := map[string]bool{}
	for info, err := range p.List(t.Context(), "secret-") {
		if err != nil {
			t.Fatal(err)
		}
		seen[info.Name] = true
	}
	if calls := f.calls.Load(); len(seen) != all || calls != 3 {
		t.Errorf("%d secrets in %d calls, want %d in 3", len(seen), calls, all)
	}
}

func TestListDenied(t *testing.T) {
	f, p := start(t, gcp.Options{})
	f.refuseMethod("ListSecrets", status.Error(codes.PermissionDenied, "no"))
	n := 0
	for _, err := range p.List(t.Context(), "") {
		n++
		wantClass(t, "List", secretmux.Secret{}, err, secretmux.ErrDenied)
		if !strings.Contains(err.Error(), "secretmanager.secrets.list") {
			t.Errorf("the error does not name the permission: %v", err)
		}
	}
	if n != 1 {
		t.Errorf("the list yields %d times, want one error", n)
	}
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name string
		err  error
		want error
	}{
		{"good", nil, nil},
		{"may not list", grpcError(codes.PermissionDenied, "no", "IAM_PERMISSION_DENIED"), nil},
		{"may not list, no reason", status.Error(codes.PermissionDenied, "no"), nil},
		{"API off", grpcError(codes.PermissionDenied, "no", "SERVICE_DISABLED"), errInvalid},
		{"perimeter", grpcError(codes.PermissionDenied, "no", "SECURITY_POLICY_VIOLATED"), secretmux.ErrDenied},
		{"unauthenticated", status.Error(codes.Unauthenticated, "no"), errUnauthenticated},
		{"throttled", status.Error(codes.ResourceExhausted, "no"), errThrottled},
		{"unavailable", status.Error(codes.Unavailable, "no"), errUnavailable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, p := start(t, gcp.Options{})
			f.set("db", []byte("x"))
			f.refuseMethod("ListSecrets", tt.err)
			f.refuseMethod("AccessSecretVersion", status.Error(codes.Internal, "Check reads no value"))
			if got := secretmux.ClassOf(p.Check(t.Context())); got != tt.want {
				t.Errorf("Check: class %v, want %v", got, tt.want)
			}
			if n := f.calls.Load(); n != 1 {
				t.Errorf("%d calls, want 1", n)
			}
		})
	}
}
