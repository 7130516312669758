package azure

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"

	"github.com/secretmux/secretmux"
)

// read reads one version of a key. An empty version means the current one.
func (p *Provider) read(ctx context.Context, key, version string) (secretmux.Secret, error) {
	client, err := p.conn.client()
	if err != nil {
		return secretmux.Secret{}, err
	}
	answer, err := do(ctx, toGet, func(ctx context.Context) (azsecrets.GetSecretResponse, error) {
		return client.GetSecret(ctx, key, version, nil)
	})
	if err != nil {
		return secretmux.Secret{}, p.proven(ctx, client, key, err)
	}
	return p.decode(answer.Secret, key, version)
}

// proven returns err. If err says that a secret is absent, proven first asks
// whether it is soft-deleted: the vault answers 404 for both.
func (p *Provider) proven(ctx context.Context, client *azsecrets.Client, key string, err error) error {
	if !absent(err) || p.opts.DeletedAbsent {
		return err
	}
	_, deleted := do(ctx, toGetDeleted, func(ctx context.Context) (azsecrets.GetDeletedSecretResponse, error) {
		return client.GetDeletedSecret(ctx, key, nil)
	})
	switch {
	case deleted == nil:
		return errDeleted
	case absent(deleted):
		return err
	case isContextError(deleted):
		return deleted
	}
	return &unsureError{cause: deleted}
}

func absent(err error) bool {
	var answer *answerError
	return errors.As(err, &answer) && answer.absent()
}

// unsureError says that the vault does not have the secret, and that it refuses to
// say whether the secret is soft-deleted.
type unsureError struct{ cause error }

func (e *unsureError) Error() string {
	return "the secret is absent or soft-deleted, and the vault did not say which: " + e.cause.Error()
}
func (e *unsureError) Unwrap() error { return e.cause }

// The class is the class of the refusal. The hint says what to do if the vault never
// shows which secrets are deleted.
func (e *unsureError) class() (class error, hint string) {
	class, hint = classify(e.cause)
	if errors.Is(class, secretmux.ErrDenied) || errors.Is(class, secretmux.ErrInvalid) {
		hint += "; or set deleted=absent"
	}
	return class, hint
}

// decode accepts an answer only for the secret and version that were asked for.
func (p *Provider) decode(s azsecrets.Secret, key, version string) (secretmux.Secret, error) {
	if s.Value == nil {
		return secretmux.Secret{}, malformed("the answer has no value")
	}
	name, id := parseID(s.ID)
	switch {
	case !strings.EqualFold(name, key):
		return secretmux.Secret{}, malformed("the answer is for another secret or has no id")
	case !validVersion(id):
		return secretmux.Secret{}, malformed("the answer's version is not 32 hexadecimal digits")
	case version != "" && !strings.EqualFold(id, version):
		return secretmux.Secret{}, malformed("the answer is not for the version that was asked for")
	}
	meta := secretmux.Meta{Version: id, Source: p.source}
	if s.Attributes != nil {
		meta.Created, meta.Expires = timeOf(s.Attributes.Created), timeOf(s.Attributes.Expires)
	}
	return secretmux.NewSecret([]byte(*s.Value), meta), nil
}

// parseID reads https://host/secrets/name[/version]. The SDK's own function
// panics if there is no name.
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
