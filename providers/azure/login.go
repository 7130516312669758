package azure

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

const (
	// loginWait bounds a login whose caller has no deadline.
	loginWait = 30 * time.Second
	// loginPause is how long a failed login is remembered. Calls in that time fail
	// with its error, so that not every call makes a login during an outage of the
	// login server. The pause is short, because a recovery shows only after it.
	loginPause = time.Second
)

// login is the credential that the SDK gets. It makes the real credential at its
// first use, bounds the time for that, and turns its errors into a *loginError.
type login struct {
	name string
	hint string
	make func() (azcore.TokenCredential, error)

	mu     sync.Mutex
	real   azcore.TokenCredential    // nil until made
	token  func() azcore.AccessToken // the last one, nil until there is one
	asked  policy.TokenRequestOptions
	at     time.Time // when token came
	before time.Time // when the token before it came
	failed error     // of the last login, if it failed
	until  time.Time // failed is remembered until then
}

// GetToken implements azcore.TokenCredential.
func (l *login) GetToken(ctx context.Context, opts policy.TokenRequestOptions) (azcore.AccessToken, error) {
	call := callOf(ctx)
	if token, err, known := l.recent(call, opts); known {
		return token, err
	}
	credential, err := l.credential()
	if err != nil {
		return azcore.AccessToken{}, l.failure(err, nil) // no login server was asked
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
	case ctx.Err() != nil:
		return azcore.AccessToken{}, l.failure(err, call) // the caller gave up
	case within.Err() != nil:
		return azcore.AccessToken{}, l.remember(l.late(wait))
	}
	return azcore.AccessToken{}, l.remember(l.failure(err, call))
}

// credential makes the real credential once. After a failure, the next call tries
// again.
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

// recent returns a result that needs no other login. That is the failure of the last
// login, for a moment, or a token that is so new that another one would not help.¶A
// token that came after call began is new enough: the vault can't have refused it
// yet. Each of the first calls to a vault gets a challenge. For each one the SDK
// drops its token and asks for another, which takes the command az a second. The
// second token within a moment is also new enough: a vault that refuses two will
// refuse a third. A token that must satisfy claims is always asked for.
func (l *login) recent(call *call, opts policy.TokenRequestOptions) (token azcore.AccessToken, err error, known bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	if now.Before(l.until) {
		return azcore.AccessToken{}, l.failed, true
	}
	same := l.token != nil && opts.Claims == "" && len(opts.Scopes) == 1 && len(l.asked.Scopes) == 1 &&
		opts.Scopes[0] == l.asked.Scopes[0] && opts.TenantID == l.asked.TenantID
	if same && (call != nil && l.at.After(call.began) || now.Sub(l.before) < loginPause) {
		return l.token(), nil, true
	}
	return azcore.AccessToken{}, nil, false
}

func (l *login) keep(token azcore.AccessToken, opts policy.TokenRequestOptions) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.token, l.asked = func() azcore.AccessToken { return token }, opts
	l.before, l.at = l.at, time.Now()
}

func (l *login) remember(err error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failed, l.until = err, time.Now().Add(loginPause)
	return err
}

// call is one call of the SDK, in its context.
type call struct {
	began time.Time
	// unreachable says that the last request of a login met no server.
	unreachable atomic.Bool
}

type callKey struct{}

func withCall(ctx context.Context) context.Context {
	return context.WithValue(ctx, callKey{}, &call{began: time.Now()})
}

// callOf returns nil for a context that does not belong to a call.
func callOf(ctx context.Context) *call {
	c, _ := ctx.Value(callKey{}).(*call)
	return c
}
