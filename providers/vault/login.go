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
	// refusedPause is how long a credential that was refused is not sent again:
	// servers lock accounts after a few attempts.
	refusedPause = 5 * time.Second
	// After any other failure nobody logs in for a moment, which doubles with each
	// failure in a row: every reader of every secret wants the one login, and
	// without a pause an outage would be met by as many logins as there are reads.
	// The first moment is shorter than the pause before a store tries a read again.
	firstMoment   = 40 * time.Millisecond
	longestMoment = time.Second
)

// failure is what became of the logins since the last good one.
type failure struct {
	err    error
	moment time.Duration
	until  time.Time
	// refused is a digest of the credential that the server refused, if it did.
	refused      string
	refusedUntil time.Time
}

// login makes a new token. It does not set it. It runs in the flight, so one at a
// time.
func (a *authenticator) login(ctx context.Context) (*session, error) {
	now := time.Now()
	if now.Before(a.failed.until) {
		return nil, a.failed.err
	}
	r, err := a.loginRequest(ctx)
	if err != nil {
		return nil, err // nobody was called
	}
	// A digest of all that is sent: a role that was changed is worth a try too.
	digest := secretmux.ContentVersion(r.body)
	if digest == a.failed.refused && now.Before(a.failed.refusedUntil) {
		return nil, a.failed.err
	}
	s, err := a.attempt(ctx, r)
	switch {
	case err == nil:
		a.failed = failure{} // the next outage starts with a short moment again
	case ctx.Err() == nil: // it was not the caller who gave up
		a.failed = a.failed.next(err, digest)
	}
	return s, err
}

func (f failure) next(err error, digest string) failure {
	now := time.Now()
	next := failure{err: err, moment: min(max(2*f.moment, firstMoment), longestMoment)}
	next.until = now.Add(next.moment)
	if class, _ := classify(err); errors.Is(class, secretmux.ErrUnauthenticated) {
		next.refused, next.refusedUntil = digest, now.Add(refusedPause)
	}
	return next
}

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

// token reads the token of a login or a renewal.
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
		return nil, errMalformed // it could not be sent in a header
	}
	return e.Auth, nil
}

func (a *authenticator) loginRequest(ctx context.Context) (request, error) {
	auth := a.opts.Auth
	path := "auth/" + auth.Mount + "/login"
	body := map[string]string{}
	switch auth.Method {
	case AuthAppRole:
		body["role_id"] = auth.RoleID
	case AuthUserpass:
		path += "/" + auth.Username
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

// whenRefused is what to check when the server refuses the login. It says only
// yes or no, so this names what is most likely wrong.
func (a Auth) whenRefused() string {
	const rest = "check the credential, the role, auth_mount= and the namespace; Vault answers 403 also where no method is mounted"
	switch {
	case a.Method == AuthAppRole && a.Credential.sources() == 0:
		return "unless the role has bind_secret_id=false, give secret_id_file= or secret_id_env=; else " + rest
	case a.Method == AuthJWT && a.Role == "":
		return "unless the method has a default_role, give role=; else " + rest
	}
	return rest
}

// renew asks for more time for s.
func (a *authenticator) renew(ctx context.Context, s *session) (*session, error) {
	sent := time.Now()
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

// revoke ends the token of s, and all leases made with it. The accessor of the token
// would do as well, but needs a policy that hardly any role has.
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
