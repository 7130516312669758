package natspush

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/secretmux/secretmux"
)

// Subject is where [Publish] sends the notices of one secret: below subject, at a token
// of 32 letters and digits that is made of the name. Names may hold what subjects may
// not, and who sees the subjects does not have to read them. It is for programs that
// publish by themselves, as with JetStream's acknowledgement:
//
//	js.Publish(ctx, natspush.Subject("secrets.rotated", n.Name), push.Encode(n))
func Subject(subject, name string) string {
	sum := sha256.Sum256([]byte(name))
	return subject + "." + hex.EncodeToString(sum[:16])
}

// checkSubject refuses what can't be a subject, or has wildcards.
// https://docs.nats.io/nats-concepts/subjects
func checkSubject(op, subject string) error {
	for token := range strings.SplitSeq(subject, ".") {
		if token == "" || strings.ContainsAny(token, "*> \t\r\n\x00") {
			return secretmux.Invalid(op, "the subject is not one, or has a wildcard", "write a subject such as secrets.rotated")
		}
	}
	return nil
}
