package azure

import (
	"context"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// connector makes the one client of a provider. There is one for each provider
// and so for each vault: a client keeps the challenge and the token of the first
// vault that it calls.
//
// The SDK and net/http keep the token in many places, down to the buffers of a
// connection. All of these are behind functions, where a dump by reflection does not
// find them.
type connector struct {
	dial   func() (*azsecrets.Client, error)
	hangUp func() // closes the connections that the connector opened itself

	mu     sync.Mutex
	made   func() *azsecrets.Client // nil until it is needed
	closed bool
}

func newConnector(o Options) *connector {
	client, own := newHTTPClient(o.HTTPClient)
	k := &connector{dial: func() (*azsecrets.Client, error) { return o.newClient(client) }, hangUp: func() {}}
	if own {
		k.hangUp = client.CloseIdleConnections
	}
	return k
}

// client returns the SDK's client, which is made once. Making it sends no
// request.
func (k *connector) client() (*azsecrets.Client, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return nil, errClosed
	}
	if k.made == nil {
		client, err := k.dial()
		if err != nil {
			return nil, errSettings // the cause may quote the address
		}
		k.made = func() *azsecrets.Client { return client }
	}
	return k.made(), nil
}

func (k *connector) close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed, k.made = true, nil
	k.hangUp()
}

// newClient makes a client of checked options.
func (o Options) newClient(client *http.Client) (*azsecrets.Client, error) {
	host, err := vaultHost(o.Vault)
	if err != nil {
		return nil, err
	}
	base := "https://" + host
	if o.Endpoint != "" {
		base = o.Endpoint
	}
	credential := &login{
		name: o.credentialName(), hint: o.credentialHint(),
		make: func() (azcore.TokenCredential, error) { return o.newCredential(cloudOf(host), client) },
	}
	return azsecrets.NewClient(base, credential, &azsecrets.ClientOptions{
		ClientOptions: azcore.ClientOptions{
			APIVersion: o.APIVersion,
			Transport:  &transport{client: client, host: strings.TrimPrefix(base, "https://")},
			Retry:      policy.RetryOptions{MaxRetries: -1}, // no retries: the store backs off
			Telemetry:  policy.TelemetryOptions{Disabled: true},
		},
		DisableChallengeResourceVerification: o.Endpoint != "",
	})
}

// do calls f, which uses the SDK. It returns when ctx is done, even if f has not
// returned: a call of the SDK that waits for the login of another call ignores
// its ctx. It ends when that login ends, and the login is bounded. A panic of f
// becomes an error, because the SDK panics on a malformed challenge. The error is
// from native or from ctx.
func do[T any](ctx context.Context, need permission, f func(context.Context) (T, error)) (T, error) {
	type outcome struct {
		value T
		err   error
	}
	var none T
	if err := ctx.Err(); err != nil {
		return none, err
	}
	done := make(chan outcome, 1)
	go func() {
		var o outcome
		defer func() {
			if recover() != nil {
				o = outcome{err: errPanicked}
			}
			done <- o
		}()
		o.value, o.err = f(withCall(withoutHooks(ctx)))
	}()
	select {
	case o := <-done:
		if o.err != nil && ctx.Err() != nil {
			return none, ctx.Err()
		}
		return o.value, native(o.err, need)
	case <-ctx.Done():
		return none, ctx.Err()
	}
}

// withoutHooks returns ctx without the caller's hooks into HTTP requests: such a
// hook sees the header with the token, and the load of one caller serves other
// callers too.
func withoutHooks(ctx context.Context) context.Context { return untraced{ctx} }

type untraced struct{ context.Context }

func (u untraced) Value(key any) any {
	value := u.Context.Value(key)
	if _, hooks := value.(*httptrace.ClientTrace); hooks {
		return nil
	}
	return value
}
