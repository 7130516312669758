package vault_test

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/memory"
)

// engines are the three ways to read a mount, each for the mount kv.
func engines() map[string]func(*vault.Options) {
	return map[string]func(*vault.Options){
		"kv=2":           func(*vault.Options) {},
		"kv=1":           func(o *vault.Options) { o.KV = 1 },
		"engine=dynamic": func(o *vault.Options) { o.Dynamic = true },
	}
}

// Most engines answer "404, no errors" for a path that they lack. It means "absent"
// only in the right kind of mount.
func TestAbsentIsProvedForEachEngine(t *testing.T) {
	right := map[string][]kind{"kv=2": {kindV2}, "kv=1": {kindV1}, "engine=dynamic": {kindDatabase, kindPKI}}
	for engine, change := range engines() {
		for _, mounted := range []kind{kindV2, kindV1, kindDatabase, kindPKI, kindCubbyhole} {
			s := newServer()
			s.kinds["kv"] = mounted
			want := secretmux.ErrInvalid
			for _, k := range right[engine] {
				if k == mounted {
					want = secretmux.ErrNotFound
				}
			}
			p := s.open(t, change)
			for range 2 {
				got, err := p.Get(t.Context(), "absent")
				wantClass(t, engine+" of a mount of kind "+mounted.String(), got, err, want)
			}
		}
	}
}

// A gateway that hides sys/ answers with a page of its own, which proves nothing.
func TestProofIsVaultsOwnAnswer(t *testing.T) {
	right := map[string]kind{"kv=2": kindV2, "kv=1": kindV1, "engine=dynamic": kindDatabase}
	tests := []struct {
		name   string
		status int
		body   string
		want   error
	}{
		{"a page", 404, `<html>not found</html>`, secretmux.ErrInvalid},
		{"nothing", 404, ``, secretmux.ErrInvalid},
		{"JSON of something else", 404, `{"message":"no Route matched"}`, secretmux.ErrInvalid},
		{"errors that are null", 404, `{"errors":null}`, secretmux.ErrInvalid},
		{"errors that are text", 404, `{"errors":"no"}`, secretmux.ErrInvalid},
		{"a page, 405", 405, `Method Not Allowed`, secretmux.ErrInvalid},
		{"a page, 403", 403, `<html>forbidden</html>`, secretmux.ErrInvalid},
		{"Vault without the path", 404, `{"errors":["1 error occurred:\n\t* unsupported path\n\n"]}`, secretmux.ErrNotFound},
		{"Vault without the path, 405", 405, `{"errors":["unsupported operation"]}`, secretmux.ErrNotFound},
		{"a mount that may not be seen", 403, `{"errors":["preflight capability check returned 403"]}`, secretmux.ErrDenied},
		{"a page, 200", 200, `<html>welcome</html>`, secretmux.ErrCorrupt},
		{"no type", 200, `{"data":{"options":{"version":"2"}}}`, secretmux.ErrCorrupt},
		{"sealed", 503, `{"errors":["Vault is sealed"]}`, secretmux.ErrUnavailable},
		{"throttled", 429, ``, secretmux.ErrThrottled},
		{"another host", 302, ``, secretmux.ErrInvalid},
	}
	for engine, change := range engines() {
		for _, tt := range tests {
			s := newServer()
			s.kinds["kv"] = right[engine]
			s.hook("/v1/sys/internal/ui/mounts/kv", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(tt.status)
				_, _ = w.Write([]byte(tt.body))
			})
			got, err := s.open(t, change).Get(t.Context(), "absent")
			wantClass(t, engine+", proof by "+tt.name, got, err, tt.want)
			for _, err := range secretmux.List(t.Context(), s.open(t, change), "absent/") {
				if engine != "engine=dynamic" {
					wantClass(t, engine+", List, proof by "+tt.name, secretmux.Secret{}, err, tt.want)
				}
			}
		}
	}
}

// An operator replaces a mount while the process runs. A secret that was there must
// not look absent: a chain would take last year's value from a weaker link.
func TestMountIsReplacedUnderWay(t *testing.T) {
	tests := []struct {
		name, params string
		before       kind
		after        []kind
	}{
		{"kv=2", "", kindV2, []kind{kindV1, kindDatabase, kindPKI}},
		{"kv=1", "&kv=1", kindV1, []kind{kindV2, kindDatabase, kindPKI}},
		{"engine=dynamic", "&engine=dynamic", kindPKI, []kind{kindV1, kindV2}},
	}
	for _, tt := range tests {
		for _, after := range tt.after {
			f := serve(t)
			f.kinds["kv"] = tt.before
			f.put("db", map[string]any{"v": "new"})
			f.plain["db"] = map[string]any{"v": "new"}
			weak := memory.New(map[string]string{"db": "last year's"})
			opener := secretmux.Opener{
				Backends: []secretmux.Backend{vault.Options{LookupEnv: environment("VAULT_TOKEN=" + rootToken)}.Backend(), weak.Backend()},
				Options:  secretmux.Options{TTL: -1, NegativeTTL: -1},
			}
			store, err := opener.Open(t.Context(), "vault://"+f.host+"/kv?http=true"+tt.params+",memory:")
			if err != nil {
				t.Fatal(err)
			}
			got, err := store.Get(t.Context(), "db")
			wantValue(t, tt.name+" before", got, err, `{"v":"new"}`)
			f.with(func() {
				f.kinds["kv"] = after
				clear(f.secrets)
				clear(f.plain)
			})
			for range 3 {
				got, err = store.Get(t.Context(), "db")
				wantClass(t, tt.name+" replaced by "+after.String(), got, err, secretmux.ErrInvalid)
			}
			_ = store.Close()
		}
	}
}

// The same holds for names that were never read, after a few seconds.
func TestProofIsMadeAnewNowAndThen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		p := s.open(t, nil)
		got, err := p.Get(t.Context(), "a")
		wantClass(t, "a", got, err, secretmux.ErrNotFound)
		s.with(func() { s.kinds["kv"] = kindV1 })
		time.Sleep(5 * time.Second)
		got, err = p.Get(t.Context(), "a")
		wantClass(t, "a, five seconds later", got, err, secretmux.ErrInvalid)
		s.with(func() { s.kinds["kv"] = kindV2 })
		got, err = p.Get(t.Context(), "a")
		wantClass(t, "a, mounted again", got, err, secretmux.ErrNotFound)

		// A sign that the mount is another one ends the proof at once.
		s.with(func() { delete(s.kinds, "kv") })
		got, err = p.Get(t.Context(), "b")
		wantClass(t, "b, unmounted", got, err, secretmux.ErrInvalid)
		s.with(func() { s.kinds["kv"] = kindPKI })
		got, err = p.Get(t.Context(), "a")
		wantClass(t, "a, another mount", got, err, secretmux.ErrInvalid)
	})
}

// A secret that really is gone costs one proof, and so does a version of it.
func TestSecretThatTurnsAbsent(t *testing.T) {
	const probe = "GET /v1/sys/internal/ui/mounts/kv"
	s := newServer()
	s.put("a", map[string]any{"v": "1"})
	s.put("a", map[string]any{"v": "2"})
	p := s.open(t, nil)
	read := func(version string) (secretmux.Secret, error) { return p.GetVersion(t.Context(), "a", version) }
	for _, version := range []string{"1", "2", "current", "previous"} {
		if _, err := read(version); err != nil {
			t.Fatal(err)
		}
	}
	s.with(func() { s.secrets["a"].versions = s.secrets["a"].versions[:1] })
	for range 3 {
		got, err := read("2")
		wantClass(t, "version 2", got, err, secretmux.ErrNotFound)
	}
	if n := s.counted(probe); n != 1 {
		t.Errorf("%d proofs for a version that turned absent, want 1", n)
	}
	s.with(func() { clear(s.secrets) })
	for range 3 {
		got, err := read("current")
		wantClass(t, "current", got, err, secretmux.ErrNotFound)
	}
	if n := s.counted(probe); n != 2 {
		t.Errorf("%d proofs, want one more for the secret", n)
	}
}

// All secrets that turn absent at once share a proof.
func TestProofIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		p := s.open(t, nil)
		for n := range 100 {
			s.put(name(n), map[string]any{"v": "x"})
			if _, err := p.Get(t.Context(), name(n)); err != nil {
				t.Fatal(err)
			}
		}
		s.with(func() {
			s.kinds["kv"] = kindV1
			clear(s.secrets)
		})
		s.hook("/mounts/kv", func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Second)
			s.with(func() { s.mount(w, "kv") })
		})
		var wg sync.WaitGroup
		for n := range 100 {
			wg.Go(func() {
				got, err := p.Get(t.Context(), name(n))
				wantClass(t, "Get", got, err, secretmux.ErrInvalid)
			})
		}
		wg.Wait()
		if n := s.counted("GET /v1/sys/internal/ui/mounts/kv"); n > 2 {
			t.Errorf("%d proofs for 100 names, want at most 2", n)
		}
	})
}

func name(n int) string { return "name" + string(rune('A'+n/10)) + string(rune('0'+n%10)) }

// A caller that gives up during the proof does not stop the others.
func TestCancelledProofIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.hook("/mounts/kv", func(w http.ResponseWriter, _ *http.Request) {
			time.Sleep(time.Second)
			s.with(func() { s.mount(w, "kv") })
		})
		p := s.open(t, nil)
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := p.Get(ctx, "a"); !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
				t.Errorf("the caller that gave up: %v", err)
			}
		})
		synctest.Wait()
		for _, name := range []string{"b", "c", "d"} {
			wg.Go(func() {
				got, err := p.Get(t.Context(), name)
				wantClass(t, "Get of "+name, got, err, secretmux.ErrNotFound)
			})
		}
		synctest.Wait()
		cancel()
		wg.Wait()
		if n := s.counted("GET /v1/sys/internal/ui/mounts/kv"); n != 2 {
			t.Errorf("%d proofs, want 2", n)
		}
	})
}
