package azure

import (
	"context"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// client returns the SDK's client, which is made once. There is one for each
// provider and so for each vault: a client keeps the challenge and the token of
// the vault that it met first. Making it calls nobody.
func (p *Provider) client() (*azsecrets.Client, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, errClosed
	}
	if p.made == nil {
		client, err := p.newClient()
		if err != nil {
			return nil, errSettings // the cause may quote the address
		}
		p.made = client
	}
	return p.made, nil
}

func (p *Provider) newClient() (*azsecrets.Client, error) {
	credential := &login{
		name: p.opts.credentialName(), hint: p.opts.credentialHint(),
		make: func() (azcore.TokenCredential, error) { return p.opts.newCredential(cloudOf(p.host), p.http) },
	}
	return azsecrets.NewClient(p.base, credential, &azsecrets.ClientOptions{
		ClientOptions: azcore.ClientOptions{
			APIVersion: p.opts.APIVersion,
			Transport:  &transport{client: p.http, host: p.requestHost},
			Retry:      policy.RetryOptions{MaxRetries: -1}, // none: the store backs off
			Telemetry:  policy.TelemetryOptions{Disabled: true},
		},
		DisableChallengeResourceVerification: p.opts.Endpoint != "",
	})
}

// do calls f, which uses the SDK, and returns when ctx is done even if f does not:
// in the SDK the calls that wait for another one's login don't look at their ctx.
// They end when that login does, which is bounded. A panic of f is an error: the
// SDK has one for a malformed challenge. Errors are native's or those of ctx.
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
		o.value, o.err = f(withCall(ctx))
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

// Close closes the connections that the provider opened itself. Reads after it
// are ErrClosed; those under way end by themselves. It can be called again.
func (p *Provider) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closed, p.made = true, nil
	if p.ownHTTP {
		p.http.CloseIdleConnections()
	}
	return nil
}
