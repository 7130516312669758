package vault_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// A server that accepts and never answers ends at the link's timeout, even for a
// caller without a deadline, at any point where the call is stuck.
func TestHang(t *testing.T) {
	address, connections := faultscript.Silent(t)
	for what, link := range map[string]string{
		"HTTP":  "vault://" + address + "/kv?http=true&timeout=200ms",
		"TLS":   "vault://" + address + "/kv?timeout=200ms",
		"login": "vault://" + address + "/kv?timeout=200ms&http=true&auth=jwt&role=app&jwt_env=JWT",
		"lease": "vault://" + address + "/database/creds?timeout=200ms&http=true&engine=dynamic",
	} {
		before := connections()
		store, err := secretmux.Open(t.Context(), link, vault.Options{LookupEnv: environment("VAULT_TOKEN=t", "JWT=j")}.Backend())
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		got, err := store.Get(context.Background(), "a")
		wantClass(t, what, got, err, secretmux.ErrUnavailable)
		if took := time.Since(start); took < 150*time.Millisecond || took > 5*time.Second {
			t.Errorf("%s: it took %v, want the timeout of 200 ms", what, took)
		}
		if connections() == before {
			t.Errorf("%s: no call was made", what)
		}
		if err := store.Close(); err != nil {
			t.Errorf("%s: Close: %v", what, err)
		}
	}
}

// The answer of a read that makes credentials can get lost. The read must not be
// sent twice because a kept connection broke.
func TestMintIsSentOnce(t *testing.T) {
	f := serve(t)
	p := f.link(t, "vault://"+f.host+"/database/creds?http=true&engine=dynamic", vault.Options{})
	if _, err := p.Get(t.Context(), "other"); err != nil { // may leave a connection
		t.Fatal(err)
	}
	f.hook("/app", func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) })
	got, err := p.Get(t.Context(), "app")
	wantClass(t, "Get", got, err, secretmux.ErrUnavailable)
	if n := f.counted("GET /v1/database/creds/app"); n != 1 {
		t.Errorf("credentials were asked for %d times, want once", n)
	}
}
