package push

import "strings"

// GCP reads the messages that Google Secret Manager publishes to the topics of a
// secret. It reads only the attributes, and not the body. A new version gives a notice
// with its number. If a version was enabled, disabled or destroyed, or the secret was
// deleted, the notice has no number, because another version is current then.
//
// SECRET_ROTATE says that it is time to rotate, and not that a rotation has happened,
// so it gives no notice.
// https://docs.cloud.google.com/secret-manager/docs/event-notifications
func GCP(m Message) ([]Notice, error) {
	kind := m.Attributes["eventType"]
	if !strings.HasPrefix(kind, "SECRET_") && kind != "TOPIC_CONFIGURED" {
		return nil, errForeign
	}
	n := Notice{Name: lastSegment(m.Attributes["secretId"]), Time: parseTime(m.Attributes["timestamp"])}
	switch kind {
	case "SECRET_VERSION_ADD":
		n.Version = lastSegment(m.Attributes["versionId"])
	case "SECRET_VERSION_ENABLE", "SECRET_VERSION_DISABLE", "SECRET_VERSION_DESTROY", "SECRET_DELETE":
	default:
		return nil, nil
	}
	return checked(n)
}

// lastSegment is the part after the last slash: the id in the name of a resource,
// such as projects/123/secrets/db.
func lastSegment(resource string) string {
	return resource[strings.LastIndexByte(resource, '/')+1:]
}
