package aws

import (
	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/ps"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/providers/aws/sm"
)

// Options say where and as whom AWS is called, where a link's parameters don't.
// Its fields are those of [session.Options]. The zero Options take everything from
// the SDK's own configuration.
type Options session.Options

// Backend opens aws-sm: and aws-ps: links with the SDK's own configuration.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens aws-sm: and aws-ps: links with o.
func (o Options) Backend() secretmux.Backend {
	return secretmux.Backend{
		sm.Scheme: sm.Open(session.Options(o)),
		ps.Scheme: ps.Open(session.Options(o)),
	}
}
