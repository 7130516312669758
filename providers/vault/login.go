package vault

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	// refusedPause is how long a refused credential is not sent again: servers lock
	// an account after a few wrong attempts. By default Vault does so after five,
	// for 15 minutes, and only for methods with names and passwords or ids
	// (https://developer.hashicorp.com/vault/docs/concepts/user-lockout). An LDAP
	// server behind it may be stricter.
	refusedPause = 5 * time.Second
	// After any other failure no login is made for a moment. The moment doubles
	// with each failure in a row. Every reader of every secret needs the one login,
	// and without this pause an outage would cause one login for each read. The
	// first moment is shorter than the pause before a store tries a failed read
	// again, so that the second try can log in.
	firstMoment   = 40 * time.Millisecond
	longestMoment = time.Second
)

// failure describes the failed logins since the last good one. It is replaced as a
// whole and never changed in part, so its fields can't contradict each other.
type failure struct {
	err    error
	moment time.Duration
	until  time.Time
	// refused is a digest of the request whose credential the server refused, or
	// empty.
	refused      string
	refusedUntil time.Time
}

// login makes a new token and does not store it. It runs in the flight, so there is
// one login at a time, and failed needs no lock. Its caller stores the token,
// because only the caller knows whether the old one must stay for a moment.
func (a *authenticator) login(ctx context.Context) (*session, error) {
	now := time.Now()
	// During the pause all readers get the error of the last attempt. That error is the true
	// reason, and it costs no call.
	if now.Before(a.failed.until) {
		return nil, a.failed.err
	}
	r, err := a.loginRequest(ctx)
	if err != nil {
		return nil, err // nothing was sent, so this is not an attempt: a file that appears now must work at once
	}
	// The digest covers the whole request: after a change of the credential or of
	// the role, another attempt makes sense at once. A digest is kept and not the
	// request, so that no credential stays in memory.
	digest := secretmux.ContentVersion(r.body)
	if digest == a.failed.refused && now.Before(a.failed.refusedUntil) {
		return nil, a.failed.err
	}
	s, err := a.attempt(ctx, r)
	switch {
	case err == nil:
		a.failed = failure{} // the next outage starts with a short moment again
	case ctx.Err() == nil: // the login failed, and not because the caller gave up
		a.failed = a.failed.next(err, digest)
	}
	return s, err
}

// next is the state after one more failure. Only a refusal of the credential stores
// its digest. An outage must not delay the first login after it by five seconds.
func (f failure) next(err error, digest string) failure {
	now := time.Now()
	next := failure{err: err, moment: min(max(2*f.moment, firstMoment), longestMoment)}
	next.until = now.Add(next.moment)
	// ErrUnauthenticated means that the login got a 400, 401 or 403, or needs a second factor:
	// the same credential would be refused again.
	if class, _ := classify(err); errors.Is(class, secretmux.ErrUnauthenticated) {
		next.refused, next.refusedUntil = digest, now.Add(refusedPause)
	}
	return next
}

// attempt sends the login without a token. A login needs none, and the old token
// must travel no further than it has to.
func (a *authenticator) attempt(ctx context.Context, r request) (*session, error) {
	sent := time.Now()
	reply, err := a.client.send(ctx, secretmux.Secret{}, r)
	if err != nil {
		return nil, err
	}
	info, err := reply.token()
	if err != nil {
		return nil, err
	}
	return newSession(info, sent), nil
}

// token reads the token of a login or a renewal. It accepts nothing that could not
// be used: a session with a bad token would only move the failure to the next read,
// where it looks like a policy.
func (a answer) token() (*authInfo, error) {
	if a.status != http.StatusOK {
		return nil, a.refusal()
	}
	e, err := a.open()
	switch {
	case err != nil:
		return nil, err
	case e.Auth == nil:
		return nil, errMalformed
	case e.Auth.Token == "":
		return nil, errMFA // the answer asks for a second factor instead
	case !isToken(e.Auth.Token):
		return nil, errMalformed // the token could not be sent in a header
	}
	return e.Auth, nil
}

// loginRequest builds the login from the method's row in methods and from the
// options. The bodies are those of the API pages that the Auth constants name.
func (a *authenticator) loginRequest(ctx context.Context) (request, error) {
	auth := a.opts.Auth
	path := "auth/" + auth.Mount + "/login"
	body := map[string]string{}
	switch auth.Method {
	case AuthAppRole:
		body["role_id"] = auth.RoleID
	case AuthUserpass:
		path += "/" + auth.Username
	// Without a name the server tries all certificate roles. With it, a certificate
	// that fits several roles gets the right one.
	case AuthCert:
		if auth.Role != "" {
			body["name"] = auth.Role
		}
	default:
		if auth.Role != "" {
			body["role"] = auth.Role
		}
	}
	credential, err := a.opts.credential(ctx)
	if err != nil {
		return request{}, err
	}
	if m, _ := methodOf(auth.Method); credential != "" {
		body[m.credential] = credential
	}
	data, err := json.Marshal(body)
	if err != nil {
		return request{}, errMalformed // a map of strings always marshals
	}
	r := post(path, data)
	r.auth, r.login = true, auth.whenRefused()
	return r, nil
}

// whenRefused says what to check when the server refuses the login. Vault does not
// say why it refuses, so that nobody can probe which half was wrong. The hint
// therefore names the likeliest reasons for this method.
func (a Auth) whenRefused() string {
	const rest = "check the credential, the role, auth_mount= and the namespace; Vault also answers 403 if no method is mounted there"
	switch {
	case a.Method == AuthAppRole && a.Credential.sources() == 0:
		return "unless the role has bind_secret_id=false, give secret_id_file= or secret_id_env=; otherwise " + rest
	case a.Method == AuthJWT && a.Role == "":
		return "unless the method has a default_role, give role=; otherwise " + rest
	}
	return rest
}

// renew asks the server to extend the token of s. It sends no increment: the role's
// own period is what an operator chose, and the server caps any other wish.
func (a *authenticator) renew(ctx context.Context, s *session) (*session, error) {
	sent := time.Now()
	// It calls renew-self and not renew, because that needs no capability beyond the "default" policy.
	r := post("auth/token/renew-self", []byte("{}"))
	r.auth = true
	reply, err := a.client.send(ctx, s.token, r)
	if err != nil {
		return nil, err
	}
	info, err := reply.token()
	if err != nil {
		return nil, err
	}
	return s.renewed(info, sent), nil
}

// revoke ends the token of s, and with it all leases that were made with the token.
// Revoking by accessor would also work, but hardly any role has a policy for that.
// revoke-self is in the "default" policy.
func (a *authenticator) revoke(ctx context.Context, s *session) error {
	r := post("auth/token/revoke-self", []byte("{}"))
	r.auth = true
	reply, err := a.client.send(ctx, s.token, r)
	switch {
	case err != nil:
		return err
	case reply.status >= http.StatusOK && reply.status < http.StatusMultipleChoices:
		return nil
	}
	return reply.refusal()
}
