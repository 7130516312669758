package azure

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/secretmux/secretmux"
)

// read fetches one version of a key, the current one for "".
func (p *Provider) read(ctx context.Context, key, version string) (secretmux.Secret, error) {
	client, err := p.client()
	if err != nil {
		return secretmux.Secret{}, err
	}
	answer, err := do(ctx, func(ctx context.Context) (azsecrets.GetSecretResponse, error) {
		return client.GetSecret(ctx, key, version, nil)
	})
	if absent(err) && !p.opts.DeletedAbsent {
		err = p.whyAbsent(ctx, client, key, err)
	}
	if err != nil {
		return secretmux.Secret{}, err
	}
	return p.decode(answer.Secret, key, version)
}

// absent reports whether the vault itself says that there is no such secret: a
// bare 404 may be a proxy's.
func absent(err error) bool {
	var answer *answerError
	return errors.As(err, &answer) && answer.status == http.StatusNotFound && answer.code == "SecretNotFound"
}

// whyAbsent returns notFound if the secret isn't soft-deleted either.
func (p *Provider) whyAbsent(ctx context.Context, client *azsecrets.Client, key string, notFound error) error {
	_, err := do(ctx, func(ctx context.Context) (azsecrets.GetDeletedSecretResponse, error) {
		return client.GetDeletedSecret(ctx, key, nil)
	})
	switch {
	case err == nil:
		return errDeleted
	case absent(err):
		return notFound
	case isContextError(err):
		return err
	}
	return &unsureError{cause: safe(err)}
}

var errDeleted = errors.New("the secret is soft-deleted")

// unsureError says that the vault has no such secret and won't say whether it is
// soft-deleted.
type unsureError struct{ cause error }

func (e *unsureError) Error() string {
	return "the secret is absent or soft-deleted, and asking which failed: " + e.cause.Error()
}
func (e *unsureError) Unwrap() error { return e.cause }

// malformedError says what is wrong with a 200. It quotes none of it.
type malformedError struct{ problem string }

func (e *malformedError) Error() string { return e.problem }

// decode trusts an answer only if it is for what was asked.
func (p *Provider) decode(s azsecrets.Secret, key, version string) (secretmux.Secret, error) {
	if s.Value == nil {
		return secretmux.Secret{}, &malformedError{"the answer has no value"}
	}
	name, id := parseID(s.ID)
	switch {
	case !strings.EqualFold(name, key):
		return secretmux.Secret{}, &malformedError{"the answer is for another secret or has no id"}
	case !validVersion(id):
		return secretmux.Secret{}, &malformedError{"the answer's version is not 32 hexadecimal digits"}
	case version != "" && !strings.EqualFold(id, version):
		return secretmux.Secret{}, &malformedError{"the answer is another version than was asked for"}
	}
	meta := secretmux.Meta{Version: id, Source: p.source}
	if s.Attributes != nil {
		meta.Created, meta.Expires = timeOf(s.Attributes.Created), timeOf(s.Attributes.Expires)
	}
	return secretmux.NewSecret([]byte(*s.Value), meta), nil
}

// parseID reads https://host/secrets/name[/version]. The SDK's own way to the name
// panics where there is none.
func parseID(id *azsecrets.ID) (name, version string) {
	if id == nil {
		return "", ""
	}
	u, err := url.Parse(string(*id))
	if err != nil {
		return "", ""
	}
	parts := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(parts) < 2 || len(parts) > 3 || parts[0] != "secrets" || parts[1] == "" {
		return "", ""
	}
	if len(parts) == 3 {
		version = parts[2]
	}
	return parts[1], version
}

func timeOf(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}
