package azure

import (
	"context"
	"errors"
	"net/http"
)

// Check logs in and asks for the first page of the list of secrets, one call: it
// returns nil if the vault knows the caller. It reads no value. If this identity
// may read and may not list, the vault refuses the list; that also proves that
// the vault knows the caller, so Check returns nil. A refusal by a firewall is an
// error.
func (p *Provider) Check(ctx context.Context) error {
	client, err := p.conn.client()
	if err == nil {
		_, err = secretPages(client).next(ctx)
	}
	if err == nil || mayNotList(err) {
		return nil
	}
	return p.fail("check", "", err)
}

func mayNotList(err error) bool {
	var answer *answerError
	if !errors.As(err, &answer) || answer.status != http.StatusForbidden {
		return false
	}
	switch answer.inner {
	case "ForbiddenByRbac", "ForbiddenByPolicy", "AccessDenied":
		return true
	}
	return false
}
