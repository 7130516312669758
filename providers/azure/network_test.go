package azure_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// No answer is an outage, and the hint says what to look at.
func TestNetwork(t *testing.T) {
	f := newFake(t)
	proxied := f.client(t)
	proxied.Transport.(*http.Transport).Proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: vaultHost})
	proxied.Transport.(*http.Transport).DialContext = func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.New(faultscript.Canary)
	}
	hasty := dialing(t, f.server, f.server.Listener.Addr().String())
	hasty.Timeout = 50 * time.Millisecond
	tests := []struct {
		name   string
		client *http.Client
		says   []string
	}{
		{"no such host", &http.Client{Transport: &faultscript.NoHost{}}, []string{"no such host", "a vault that does not exist"}},
		{"refused", dialing(t, f.server, faultscript.Refused(t)), []string{"connection refused", "firewall"}},
		{"unknown certificate", &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, f.server.Listener.Addr().String())
		}}}, []string{"certificate is not trusted", "any proxy between"}},
		{"a limit of the client's own", hasty, []string{"a time limit of the connection passed"}},
		{"proxy", proxied, []string{"the HTTP exchange failed"}},
		{"a transport that quotes", &http.Client{Transport: quoting{}}, []string{"the HTTP exchange failed"}},
	}
	f.handle("/secrets/alpha", hang(t))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := f.open(t, func(o *azure.Options) { o.HTTPClient = tt.client })
			_, err := p.Get(t.Context(), "alpha")
			wantClass(t, err, secretmux.ErrUnavailable, tt.says...)
			if errors.Is(err, context.DeadlineExceeded) {
				t.Error("it passes for the caller's deadline")
			}
		})
	}
}

// quoting fails like net/http does with an answer that it can't parse.
type quoting struct{}

func (quoting) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("malformed HTTP response " + faultscript.Canary)
}
