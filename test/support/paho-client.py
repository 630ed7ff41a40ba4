"""One MQTT session with Eclipse paho, told by a JSON object on standard input.

{"port": 1883, "clientId": "c", "version": 5, "tls": {"ca": FILE, "cert": FILE, "key": FILE} or null,
 "subscribe": [[filter, qos], ...], "publish": [[topic, payload, qos], ...], "expect": count, "deadline": seconds}

Prints one JSON object: {"connack": code, "granted": [code, ...], "acknowledged": count,
"messages": [[topic, payload, qos], ...]}. A refused connection has a connack and nothing else.
"""
import json
import ssl
import sys
import threading

import paho.mqtt.client as mqtt

order = json.load(sys.stdin)
v5 = order["version"] == 5
deadline = order["deadline"]
result = {"connack": None, "granted": [], "acknowledged": 0, "messages": []}
connected = threading.Event()
subscribed = threading.Event()
published = threading.Semaphore(0)
arrived = threading.Semaphore(0)


def code(value):
    return value if isinstance(value, int) else value.value


def on_connect(client, userdata, flags, rc, properties=None):
    result["connack"] = code(rc)
    connected.set()


def on_subscribe(client, userdata, mid, granted, properties=None):
    result["granted"] = [code(one) for one in granted]
    subscribed.set()


def on_publish(client, userdata, mid, *rest):
    result["acknowledged"] += 1
    published.release()


def on_message(client, userdata, message):
    result["messages"].append([message.topic, message.payload.decode(), message.qos])
    arrived.release()


settings = {"client_id": order["clientId"], "protocol": mqtt.MQTTv5 if v5 else mqtt.MQTTv311}
if hasattr(mqtt, "CallbackAPIVersion"):  # paho 2
    settings["callback_api_version"] = mqtt.CallbackAPIVersion.VERSION1
client = mqtt.Client(**settings)
client.on_connect = on_connect
client.on_subscribe = on_subscribe
client.on_publish = on_publish
client.on_message = on_message
if order["tls"]:
    tls = order["tls"]
    client.tls_set(tls["ca"], tls["cert"], tls["key"], cert_reqs=ssl.CERT_REQUIRED)
try:
    client.connect("localhost" if order["tls"] else "127.0.0.1", order["port"])
    client.loop_start()
    if connected.wait(deadline) and result["connack"] == 0:
        if order["subscribe"]:
            client.subscribe([tuple(one) for one in order["subscribe"]])
            subscribed.wait(deadline)
        for topic, payload, qos in order["publish"]:
            client.publish(topic, payload, qos)
        for _ in order["publish"]:
            published.acquire(timeout=deadline)
        for _ in range(order["expect"]):
            arrived.acquire(timeout=deadline)
    client.disconnect()
    client.loop_stop()
except OSError as error:
    result["error"] = str(error)
print(json.dumps(result))
