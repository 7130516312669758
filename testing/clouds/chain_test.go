package clouds_test

import (
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/providers/vault"
)

// rig is the chain env:,aws-sm:|aws-sm:,vault: over fakes.
type rig struct {
	near, far *region
	vault     *kv
	store     *secretmux.Store
}

// newRig opens the chain; params are the parameters of both aws-sm: links.
func newRig(t *testing.T, params string) *rig {
	t.Helper()
	r := &rig{near: newRegion(t), far: newRegion(t), vault: newKV(t)}
	r.open(t, r.near.address, params)
	return r
}

func (r *rig) open(t *testing.T, near, params string) {
	t.Helper()
	config := fmt.Sprintf("env:,aws-sm://eu-west-1/?endpoint=http://%s%s|aws-sm://eu-central-1/?endpoint=http://%s%s,"+
		"vault://%s/kv/app/?http=true&field=value", near, params, r.far.address, params, r.vault.address)
	r.store = open(t, config, local.Backend(), aws.Backend(), vault.Backend())
}

// want reads name. It checks the value and the links that were asked: "near", "far" and
// "vault".
func (r *rig) want(t *testing.T, name, value string, asked ...string) {
	t.Helper()
	secret, err := r.store.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	if got := secret.Reveal(); got != value {
		t.Errorf("%s is %q, want %q", name, got, value)
	}
	r.wantAsked(t, asked...)
}

func (r *rig) wantAsked(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, link := range []struct {
		name     string
		requests []string
	}{{"near", r.near.requests()}, {"far", r.far.requests()}, {"vault", r.vault.requests()}} {
		if len(link.requests) > 0 {
			got = append(got, link.name)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("asked were %q, want %q", got, want)
	}
}

func TestPrecedence(t *testing.T) {
	r := newRig(t, "")
	for _, name := range []string{"db/password", "db/user"} {
		r.near.put(name, "of aws")
		r.vault.put(name, "of vault")
	}
	r.vault.put("db/host", "of vault")
	t.Setenv("DB_PASSWORD", "of the environment")
	r.want(t, "db/password", "of the environment")
	r.want(t, "db/user", "of aws", "near")
	r.want(t, "db/host", "of vault", "near", "vault")
	_, err := r.store.Get(t.Context(), "db/port")
	wantClass(t, err, secretmux.ErrNotFound)
	var attempts *secretmux.FallbackError
	if !errors.As(err, &attempts) || len(attempts.Attempts) != 3 {
		t.Errorf("the error does not tell of three links: %v", err)
	}
	r.wantAsked(t, "near", "vault")
}

func TestFailover(t *testing.T) {
	t.Run("503", func(t *testing.T) {
		r := newRig(t, "")
		r.near.fail()
		r.far.put("db/password", "of the far region")
		r.vault.put("db/password", "of vault")
		r.want(t, "db/password", "of the far region", "near", "far")
	})
	t.Run("refused", func(t *testing.T) {
		r := newRig(t, "")
		gone := httptest.NewServer(nil)
		gone.Close()
		r.open(t, gone.Listener.Addr().String(), "")
		r.far.put("db/password", "of the far region")
		r.want(t, "db/password", "of the far region", "far")
	})
	t.Run("absent in the far region", func(t *testing.T) {
		r := newRig(t, "")
		r.near.fail()
		r.vault.put("db/password", "of vault")
		r.want(t, "db/password", "of vault", "near", "far", "vault")
	})
	t.Run("both", func(t *testing.T) {
		r := newRig(t, "")
		r.near.fail()
		r.far.fail()
		r.vault.put("db/password", "of vault")
		_, err := r.store.Get(t.Context(), "db/password")
		wantClass(t, err, secretmux.ErrUnavailable)
		r.wantAsked(t, "near", "far")
	})
}

// A refusal stops both the replicas and the chain, unless the link says otherwise.
func TestFailClosed(t *testing.T) {
	tests := []struct {
		params string
		class  error
		asked  []string
	}{
		{"", secretmux.ErrDenied, []string{"near"}},
		{"&on=unavailable", secretmux.ErrDenied, []string{"near"}},
		{"&on=denied", nil, []string{"near", "far", "vault"}},
	}
	for _, tt := range tests {
		t.Run(tt.params, func(t *testing.T) {
			r := newRig(t, tt.params)
			r.near.deny("db/password")
			r.far.deny("db/password")
			r.vault.put("db/password", "last year's")
			secret, err := r.store.Get(t.Context(), "db/password")
			wantClass(t, err, tt.class)
			if err != nil && !strings.Contains(err.Error(), "secretsmanager:GetSecretValue") {
				t.Errorf("the error does not name the permission: %v", err)
			}
			if tt.class == nil && secret.Reveal() != "last year's" {
				t.Error("the value is another one")
			}
			r.wantAsked(t, tt.asked...)
		})
	}
}

// Each link is asked once, for all names that the links in front of it lack.
func TestOneBatchPerLink(t *testing.T) {
	r := newRig(t, "")
	var names []string
	for i := range 12 {
		names = append(names, fmt.Sprintf("db/%02d", i))
	}
	want := map[string]string{}
	for i, name := range names {
		switch {
		case i < 2:
			t.Setenv(fmt.Sprintf("DB_%02d", i), "env")
			want[name] = "env"
		case i < 9:
			r.near.put(name, "aws")
			want[name] = "aws"
		default:
			r.vault.put(name, "vault")
			want[name] = "vault"
		}
	}
	found, err := r.store.GetAll(t.Context(), names...)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range want {
		if found[name].Reveal() != value {
			t.Errorf("%s is of %s, want %s", name, found[name].Source(), value)
		}
	}
	if got, want := r.near.requests(), []string{"BatchGetSecretValue " + strings.Join(names[2:], ",")}; !slices.Equal(got, want) {
		t.Errorf("Secrets Manager was asked %q, want %q", got, want)
	}
	if got := r.far.requests(); got != nil {
		t.Errorf("the far region was asked %q", got)
	}
	// Vault has no batch: one read each.
	if got := slices.Sorted(slices.Values(r.vault.requests())); !slices.Equal(got, names[9:]) {
		t.Errorf("Vault was asked for %q, want %q", got, names[9:])
	}
}
