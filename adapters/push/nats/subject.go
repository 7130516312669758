package natspush

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/secretmux/secretmux"
)

// Subject is the subject to which [Publish] sends the notices of one secret. It is
// subject, a dot, and a token of 32 letters and digits that is made from the name.
// Names may have characters that subjects can't have, and people who see the subjects
// should not read the names. Subject is for programs that publish themselves, for
// example in order to get JetStream's acknowledgement:
//
//	js.Publish(ctx, natspush.Subject("secrets.rotated", n.Name), push.Encode(n))
func Subject(subject, name string) string {
	sum := sha256.Sum256([]byte(name))
	return subject + "." + hex.EncodeToString(sum[:16])
}

// checkSubject refuses a malformed subject, and a subject with wildcards.
// https://docs.nats.io/nats-concepts/subjects
func checkSubject(op, subject string) error {
	for token := range strings.SplitSeq(subject, ".") {
		if token == "" || strings.ContainsAny(token, "*> \t\r\n\x00") {
			return secretmux.Invalid(op, "the subject is malformed or has a wildcard", "write a subject such as secrets.rotated")
		}
	}
	return nil
}
