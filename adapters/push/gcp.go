package push

import "strings"

// GCP reads what Google Secret Manager publishes to the topics of a secret. All of it is
// in the attributes; the body is not looked at. A new version gives a notice with its
// number. What enables, disables or destroys a version, or deletes the secret, gives one
// without, as the version that is current then is another one.
//
// SECRET_ROTATE says that it is time to rotate, not that it was done, so it gives none.
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
