"""How the types are listed that guard an account."""

from collections.abc import Mapping

from operations.adopt.listing import Listing

GUARDS: Mapping[str, Listing] = {
    "aws:cfg/deliveryChannel:DeliveryChannel": Listing(
        "config", "describe_delivery_channels", "DeliveryChannels[].name"
    ),
    "aws:cfg/recorder:Recorder": Listing(
        "config", "describe_configuration_recorders", "ConfigurationRecorders[].name"
    ),
    "aws:guardduty/detector:Detector": Listing("guardduty", "list_detectors", "DetectorIds[]"),
}
