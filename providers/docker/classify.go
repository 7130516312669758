package docker

import (
	"errors"
	"strconv"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

var errClaimed = errors.New("another name already means the same file")

// result turns the answer for a file into that for a name.
func (p *Provider) result(name, path string, r secretmux.Result) secretmux.Result {
	if r.Err != nil {
		return secretmux.Result{Name: name, Err: p.fail(name, r.Err)}
	}
	if p.claims.Take(path, name) != nil {
		holder, _ := p.claims.Holder(path)
		return secretmux.Result{Name: name, Err: &secretmux.Error{
			Op: "get", Name: name, Source: p.source, Class: secretmux.ErrInvalid, Err: errClaimed,
			Hint: "ask for " + strconv.Quote(holder) + " everywhere, or give the two secrets names that differ in more than / and _",
		}}
	}
	s := r.Secret
	meta := secretmux.Meta{Version: s.Version(), Source: p.source, TTL: file.TTL}
	return secretmux.Result{Name: name, Secret: secretmux.NewSecret(s.Bytes(), meta)}
}

// fail gives an error of package file, classified there, the name and the source
// of this one. The file's own error stays below it.
func (p *Provider) fail(name string, err error) error {
	var inner *secretmux.Error
	if !errors.As(err, &inner) {
		return err // nil: package file returns no other
	}
	own := *inner
	own.Name, own.Source = name, p.source
	return &own
}
