package vault

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/secretmux/secretmux"
)

// refusedPause is how long a credential that was refused is not sent again:
// servers lock accounts after a few attempts.
const refusedPause = 5 * time.Second

type refusedLogin struct {
	digest string
	until  time.Time
	err    error
}

// login makes a new token. It does not set it.
func (a *authenticator) login(ctx context.Context) (*session, error) {
	r, err := a.loginRequest(ctx)
	if err != nil {
		return nil, err
	}
	digest := secretmux.ContentVersion(r.body)
	a.mu.Lock()
	before := a.refused
	a.mu.Unlock()
	if before.digest == digest && time.Now().Before(before.until) {
		return nil, before.err
	}
	s, err := a.attempt(ctx, r)
	if class, _ := classOf(err); err != nil && class == secretmux.ErrUnauthenticated { //nolint:errorlint // classOf returns the sentinel itself
		a.mu.Lock()
		a.refused = refusedLogin{digest: digest, until: time.Now().Add(refusedPause), err: err}
		a.mu.Unlock()
	}
	return s, err
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
		return nil, errMFA
	case !isToken(e.Auth.Token):
		return nil, errMalformed
	}
	return e.Auth, nil
}

func (a *authenticator) loginRequest(ctx context.Context) (request, error) {
	auth := a.opts.Auth
	path, what := "auth/"+auth.Mount+"/login", ""
	body := map[string]string{}
	switch auth.Method {
	case AuthAppRole:
		body["role_id"], what = auth.RoleID, "secret_id"
	case AuthKubernetes, AuthJWT:
		body["role"], what = auth.Role, "jwt"
	case AuthUserpass:
		path, what = path+"/"+auth.Username, "password"
	case AuthCert:
		if auth.Role != "" {
			body["name"] = auth.Role
		}
	}
	if what != "" {
		credential, err := a.opts.credential(ctx, what)
		if err != nil {
			return request{}, err
		}
		body[what] = credential
	}
	data, err := json.Marshal(body)
	if err != nil {
		return request{}, errMalformed // a map of strings always marshals
	}
	r := post(path, data)
	r.auth, r.login = true, true
	return r, nil
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

// revoke ends the token of s, and all leases made with it.
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
