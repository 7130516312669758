package vault_test

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// A link does not try a read twice if the read makes credentials. It tries every
// other read twice.
func TestSecondTry(t *testing.T) {
	for place, want := range map[string]int{"/kv?http=true": 2, "/old?http=true&kv=1": 2, "/database/creds?http=true&engine=dynamic": 1} {
		f := serve(t)
		f.hook("/app", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
		store, err := secretmux.Open(t.Context(), "vault://"+f.host+place, vault.Options{LookupEnv: environment("VAULT_TOKEN=" + rootToken)}.Backend())
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Get(t.Context(), "app")
		wantClass(t, place, got, err, secretmux.ErrUnavailable)
		if n := f.count(); n != want {
			t.Errorf("%s: %d calls, want %d", place, n, want)
		}
		_ = store.Close()
	}
}

func TestBackendName(t *testing.T) {
	for want, change := range map[string]func(*vault.Options){
		"kv/db":             func(*vault.Options) {},
		"kv/app/db":         func(o *vault.Options) { o.Prefix = "app" },
		"team/kv/app/eu/db": func(o *vault.Options) { o.Mount, o.Prefix = "team/kv", "app/eu" },
		"database/creds/db": dynamic,
	} {
		if got := newServer().open(t, change).BackendName("db"); got != want {
			t.Errorf("BackendName = %q, want %q", got, want)
		}
	}
}
