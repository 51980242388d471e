"""The detectors, one module each; a new one is listed here and nowhere else."""

from __future__ import annotations

from detect.contract import Detector
from detect.detectors import (
    d01_shared_ship_from,
    d02_shared_phone,
    d03_shared_return_address,
    d04_shared_payee,
    d05_common_controller,
    d06_shell_farm,
    d08_store_rebirth,
    d09_report_reuse,
    d10_report_conflict,
    d11_report_not_genuine,
    d12_lab_unqualified,
    d13_impossible_dates,
    d18_captured_lab,
    d20_borrowed_certificate,
    d21_invalid_certificate,
    d22_malformed_number,
    d23_abnormal_price,
    d24_recalled_batch,
    d26_parcel_consolidation,
    d28_repeat_failure,
)

DETECTORS: tuple[Detector, ...] = (
    d01_shared_ship_from.DETECTOR,
    d02_shared_phone.DETECTOR,
    d03_shared_return_address.DETECTOR,
    d04_shared_payee.DETECTOR,
    d05_common_controller.DETECTOR,
    d06_shell_farm.DETECTOR,
    d08_store_rebirth.DETECTOR,
    d09_report_reuse.DETECTOR,
    d10_report_conflict.DETECTOR,
    d11_report_not_genuine.DETECTOR,
    d12_lab_unqualified.DETECTOR,
    d13_impossible_dates.DETECTOR,
    d18_captured_lab.DETECTOR,
    d20_borrowed_certificate.DETECTOR,
    d21_invalid_certificate.DETECTOR,
    d22_malformed_number.DETECTOR,
    d23_abnormal_price.DETECTOR,
    d24_recalled_batch.DETECTOR,
    d26_parcel_consolidation.DETECTOR,
    d28_repeat_failure.DETECTOR,
)


def by_id(detector_id: str) -> Detector:
    """The detector `D1` … `D28`; KeyError when there is none of that id."""
    return {detector.id: detector for detector in DETECTORS}[detector_id]
