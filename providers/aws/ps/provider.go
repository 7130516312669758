package ps

import (
	"context"
	"io"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ssm"
	"github.com/aws/aws-sdk-go-v2/service/ssm/types"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

var (
	_ secretmux.Provider      = (*Provider)(nil)
	_ secretmux.ManyGetter    = (*Provider)(nil)
	_ secretmux.VersionGetter = (*Provider)(nil)
	_ secretmux.Lister        = (*Provider)(nil)
	_ secretmux.Checker       = (*Provider)(nil)
	_ io.Closer               = (*Provider)(nil)
)

// Provider reads parameters from Parameter Store. Make one with [New]. It is safe
// for concurrent use and keeps no values.
//
// Errors by class: no such parameter or version is ErrNotFound. A missing
// permission and a KMS key that can't be used are ErrDenied; missing, wrong and
// ended credentials ErrUnauthenticated; a used-up quota ErrThrottled; 5xx, a lost
// connection and an unknown host ErrUnavailable. A malformed answer and one for
// another parameter are ErrCorrupt, one over 1 MiB is ErrTooLarge. A name that
// Parameter Store can't hold, a missing region and an endpoint that is not the
// service are ErrInvalid. Parameters can't be disabled.
type Provider struct {
	session *session.Session[ssm.Client]
	source  string
	batch   session.Recess
}

// New returns a Provider. It does no I/O; mistakes in opts are ErrInvalid.
func New(opts session.Options) (*Provider, error) {
	s, err := session.New(Scheme, opts, newClient)
	if err != nil {
		return nil, err
	}
	return &Provider{session: s, source: s.Source()}, nil
}

// String returns the provider's URI, such as aws-ps://eu-west-1/prod/.
func (p *Provider) String() string { return p.source }

// Get returns the highest version of a parameter, decrypted.
func (p *Provider) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return p.get(ctx, "get", name, "")
}

// get reads one parameter; selector is empty, a number or a label.
func (p *Provider) get(ctx context.Context, op, name, selector string) (secretmux.Secret, error) {
	secret, err := p.read(ctx, name, selector)
	if err != nil {
		return secretmux.Secret{}, p.classify(ctx, op, name, err)
	}
	return secret, nil
}

func (p *Provider) read(ctx context.Context, name, selector string) (secretmux.Secret, error) {
	id, err := p.id(ctx, name)
	if err != nil {
		return secretmux.Secret{}, err
	}
	in := ssm.GetParameterInput{Name: aws.String(id), WithDecryption: aws.Bool(true)}
	if selector != "" {
		in.Name = aws.String(id + ":" + selector)
	}
	out, err := session.Call(ctx, p.session, (*ssm.Client).GetParameter, &in)
	switch {
	case err != nil:
		return secretmux.Secret{}, err
	case out.Parameter == nil:
		return secretmux.Secret{}, errNoValue
	case !answers(id, out.Parameter.Name, out.Parameter.ARN):
		return secretmux.Secret{}, errAnotherParameter
	case !hasVersion(selector, out.Parameter):
		return secretmux.Secret{}, errAnotherParameter
	}
	return p.secret(out.Parameter)
}

// hasVersion reports whether an answer is the version that was asked for: a server
// that ignores a selector answers with the current one. The service repeats it.
func hasVersion(selector string, answer *types.Parameter) bool {
	switch {
	case selector == "":
		return true
	case number(selector):
		return strconv.FormatInt(answer.Version, 10) == selector
	}
	return answer.Selector != nil && strings.TrimPrefix(*answer.Selector, ":") == selector
}

func (p *Provider) secret(from *types.Parameter) (secretmux.Secret, error) {
	if from.Value == nil {
		return secretmux.Secret{}, errNoValue
	}
	meta := secretmux.Meta{Source: p.source}
	if from.Version > 0 {
		meta.Version = strconv.FormatInt(from.Version, 10)
	}
	if from.LastModifiedDate != nil {
		meta.Created = *from.LastModifiedDate // that of this version
	}
	return secretmux.NewSecret([]byte(*from.Value), meta), nil
}
