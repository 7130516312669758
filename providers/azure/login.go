package azure

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// loginWait bounds a login whose caller has no deadline.
const loginWait = 30 * time.Second

// login is the credential that the SDK sees. It makes the real one when it is
// first needed, bounds how long that one may take, and turns what it says into a
// *loginError.
type login struct {
	name string
	hint string
	make func() (azcore.TokenCredential, error)

	mu    sync.Mutex
	real  azcore.TokenCredential // nil until made
	token azcore.AccessToken     // the last one
	asked policy.TokenRequestOptions
	at    time.Time // when token came
}

// GetToken is azcore.TokenCredential's.
func (l *login) GetToken(ctx context.Context, opts policy.TokenRequestOptions) (azcore.AccessToken, error) {
	call := callOf(ctx)
	if token, ok := l.fresh(call, opts); ok {
		return token, nil
	}
	credential, err := l.credential()
	if err != nil {
		return azcore.AccessToken{}, l.failure(err, nil)
	}
	// The login gives up a little before the whole call does, so that the error can
	// name the credential that took too long.
	wait := loginWait
	if deadline, ok := ctx.Deadline(); ok {
		wait = min(wait, time.Until(deadline)*9/10)
	}
	within, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	token, err := credential.GetToken(within, opts)
	switch {
	case err == nil:
		l.keep(token, opts)
		return token, nil
	case ctx.Err() == nil && within.Err() != nil:
		return azcore.AccessToken{}, l.late(wait)
	}
	return azcore.AccessToken{}, l.failure(err, call)
}

// credential makes the real credential once; a failure is tried again.
func (l *login) credential() (azcore.TokenCredential, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.real == nil {
		credential, err := l.make()
		if err != nil {
			return nil, err
		}
		l.real = credential
	}
	return l.real, nil
}

// fresh returns a token that came after call began. The first calls to a vault
// each meet a challenge, for each of which the SDK drops its token and asks for
// another; az takes a second for one. A token that is younger than the call can't
// be the one that the vault just refused. One that is to satisfy claims is always
// asked for.
func (l *login) fresh(call *call, opts policy.TokenRequestOptions) (azcore.AccessToken, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	ok := call != nil && l.at.After(call.began) && opts.Claims == "" &&
		len(opts.Scopes) == 1 && len(l.asked.Scopes) == 1 &&
		opts.Scopes[0] == l.asked.Scopes[0] && opts.TenantID == l.asked.TenantID
	return l.token, ok
}

func (l *login) keep(token azcore.AccessToken, opts policy.TokenRequestOptions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token, l.asked, l.at = token, opts, time.Now()
}

// call is one use of the SDK, in its context.
type call struct {
	began time.Time
	// unreachable says that the last request of a login met no server.
	unreachable atomic.Bool
}

type callKey struct{}

func withCall(ctx context.Context) context.Context {
	return context.WithValue(ctx, callKey{}, &call{began: time.Now()})
}

// callOf returns nil for a context that is not of a call.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}

// loginWatch notes whether a login's requests reach anybody, as the SDK's errors
// don't tell a network that is down from a credential that is refused.
type loginWatch struct{}

// Do is policy.Policy's.
func (loginWatch) Do(req *policy.Request) (*http.Response, error) {
	response, err := req.Next()
	if c := callOf(req.Raw().Context()); c != nil {
		c.unreachable.Store(err != nil)
	}
	return response, err
}
