package vault_test

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux/providers/vault"
)

// A reader's httptrace hooks see every header that is sent. A load serves all
// readers, so no reader's hooks may see its token.
func TestHooksOfAReaderSeeNothing(t *testing.T) {
	for what, params := range map[string]string{
		"KV": "/kv?http=true", "KV 1": "/old?http=true&kv=1", "a lease": "/database/creds?http=true&engine=dynamic",
		"a login": "/kv?http=true&auth=approle&role_id=role-1&secret_id_env=S",
	} {
		f := serve(t)
		f.put("app", map[string]any{"v": "x"})
		f.plain["app"] = map[string]any{"v": "x"}
		p := f.link(t, "vault://"+f.host+params, vault.Options{LookupEnv: environment("VAULT_TOKEN="+rootToken, "S="+secretID)})
		var seen atomic.Int32
		saw := func() { seen.Add(1) }
		ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
			GetConn:              func(string) { saw() },
			GotConn:              func(httptrace.GotConnInfo) { saw() },
			WroteHeaderField:     func(string, []string) { saw() },
			WroteRequest:         func(httptrace.WroteRequestInfo) { saw() },
			GotFirstResponseByte: saw,
		})
		for range 2 {
			if _, err := p.Get(ctx, "app"); err != nil {
				t.Errorf("%s: %v", what, err)
			}
		}
		if n := seen.Load(); n != 0 {
			t.Errorf("%s: the hooks were called %d times, want never", what, n)
		}
	}
}

type traceID struct{}

// carrier is a transport that looks for a trace in the context, as the transports
// of tracing libraries do.
type carrier struct {
	direct
	found *any
}

func (c carrier) RoundTrip(r *http.Request) (*http.Response, error) {
	*c.found = r.Context().Value(traceID{})
	return c.direct.RoundTrip(r)
}

// All other values of the context travel.
func TestTracesTravel(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	var found any
	p := s.open(t, func(o *vault.Options) { o.Transport = carrier{direct{s}, &found} })
	ctx := httptrace.WithClientTrace(context.WithValue(t.Context(), traceID{}, "trace-1"), &httptrace.ClientTrace{})
	got, err := p.Get(ctx, "a")
	wantValue(t, "Get", got, err, `{"v":"x"}`)
	if found != "trace-1" {
		t.Errorf("the transport found %v in the context, want the reader's trace", found)
	}
}
